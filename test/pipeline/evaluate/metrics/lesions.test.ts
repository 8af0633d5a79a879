import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { assertClose } from "../../../support/numbers.ts";
import { drawnMask, maskPairs, scoresOf, turned } from "../../../support/scored-masks.ts";
import { slowRegions } from "../../../support/slow-topology.ts";

const lesions = { metrics: ["lesions"] };
const ROUNDING = { rel: 1e-14 };

describe("lesion metrics", () => {
  it("count lesions that are touched, missed and invented, and score each: 3 of the reference, 3 predicted", async () => {
    const wanted = drawnMask("####.#..## ..........", ".......... ..........");
    const found = drawnMask(".##....... ..........", "........## .....#....");
    // Found: 2 voxels of the first. Invented: two one slice beyond the third, which they do not share, and one alone.
    const pair = { prediction: found.data, reference: wanted.data, shape: wanted.shape };
    assert.deepEqual(await scoresOf({ ...pair, spacingMm: [3, 2, 1] }, lesions), {
      "lesions-found": 1,
      "lesions-missed": 2,
      "lesions-invented": 2,
      "lesion-recall": 1 / 3,
      "lesion-precision": 1 / 3,
      "lesion-f1": 2 / 6,
      // The first with what touches it: 2 x 2 / (4 + 2); two missed and two invented ones count 0.
      "lesion-dice": 4 / 6 / 5,
      // The IoU of the first, 2 of 4, is not above a half.
      "panoptic-quality": 0,
    });
  });

  it("let several predictions answer one lesion, and match by IoU above a half alone", async () => {
    const wanted = drawnMask("#####.## ........ ........");
    const found = drawnMask("#.###.## ........ #.......");
    const pair = { prediction: found.data, reference: wanted.data, shape: wanted.shape };
    const values = await scoresOf({ ...pair, spacingMm: [1, 1, 1] }, lesions);
    assert.equal(values["lesions-found"], 2);
    assert.equal(values["lesions-invented"], 1);
    // Both parts of the first together: 2 x 4 / (5 + 4); the second is whole.
    assertClose(values["lesion-dice"], (8 / 9 + 1) / 3, ROUNDING);
    // 3 of 5 voxels, and 2 of 2, over half of 2 + 4 lesions.
    assertClose(values["panoptic-quality"], (3 / 5 + 1) / 3, ROUNDING);
  });

  it("join voxels at corners unless faces are asked for", async () => {
    const mask = drawnMask("#. .#");
    const pair = { prediction: mask.data, reference: mask.data, shape: mask.shape, spacingMm: [1, 1, 1] as const };
    assert.equal((await scoresOf(pair, lesions))["lesions-found"], 1);
    assert.equal((await scoresOf(pair, { ...lesions, lesionConnectivity: 6 }))["lesions-found"], 2);
  });

  it("of a class in neither mask are no lesions, and shares of nothing", async () => {
    const empty = new Uint8Array(8);
    const pair = { prediction: empty, reference: empty, shape: [2, 2, 2] as const, spacingMm: [1, 1, 1] as const };
    const { "lesions-found": found, "lesions-missed": missed, "lesion-f1": f1 } = await scoresOf(pair, lesions);
    assert.deepEqual([found, missed, f1], [0, 0, Number.NaN]);
  });

  it("count the regions that flooding finds, and swap misses and inventions with the masks, on any pair", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), async (pair) => {
        const values = await scoresOf(pair, lesions);
        const [found, missed, invented] = ["found", "missed", "invented"].map((key) => values[`lesions-${key}`]);
        assert.equal(found + missed, slowRegions(pair.reference, pair.shape, 26));
        const predicted = slowRegions(pair.prediction, pair.shape, 26);
        if (predicted > 0) assertClose(values["lesion-precision"] * predicted, predicted - invented, { abs: 1e-9 });
        const back = await scoresOf({ ...pair, prediction: pair.reference, reference: pair.prediction }, lesions);
        assert.deepEqual([back["lesions-missed"], back["lesions-invented"]], [invented, missed]);
        if (!Number.isNaN(values["panoptic-quality"]))
          assertClose(back["panoptic-quality"], values["panoptic-quality"], { abs: 1e-12 });
        const around = await scoresOf(turned(pair, [2, 0, 1], [true, false, true]), lesions);
        assert.equal(around["lesions-found"], found);
      }),
    ));
});
