import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { assertClose } from "../../../support/numbers.ts";
import { drawnMask, maskPairs, scoresOf } from "../../../support/scored-masks.ts";

const overlap = { metrics: ["overlap"] };
const ROUNDING = { rel: 1e-14, abs: 1e-14 };

describe("overlap metrics", () => {
  it("are the fractions of 2 right, 1 invented, 3 missed and 9 other voxels of 6 mm³", async () => {
    const prediction = drawnMask("###.. ..... .....");
    const reference = drawnMask("##... ##... #....");
    const pair = { prediction: prediction.data, reference: reference.data, shape: prediction.shape };
    const expected = {
      dice: 4 / 8,
      iou: 2 / 6,
      precision: 2 / 3,
      recall: 2 / 5,
      specificity: 9 / 10,
      mcc: (2 * 9 - 1 * 3) / Math.sqrt(3 * 5 * 10 * 12),
      "balanced-accuracy": (2 / 5 + 9 / 10) / 2,
      "volume-difference": -2 * 0.006,
      "relative-volume-difference": -2 / 5,
      "volume-ratio": 3 / 5,
    };
    const values = await scoresOf({ ...pair, spacingMm: [3, 2, 1] }, overlap);
    assert.deepEqual(Object.keys(values), Object.keys(expected));
    for (const [metric, value] of Object.entries(expected)) assertClose(values[metric], value, ROUNDING);
  });

  it("are the identities between them, on any pair", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), async (pair) => {
        const { dice, iou, precision, recall, mcc, specificity, ...others } = await scoresOf(pair, overlap);
        if (Number.isNaN(dice)) return assert.ok(pair.prediction.every((value, i) => value + pair.reference[i] === 0));
        assertClose(iou, dice / (2 - dice), ROUNDING);
        if (dice > 0) assertClose(dice, 2 / (1 / precision + 1 / recall), ROUNDING);
        if (!Number.isNaN(mcc)) assert.ok(Math.abs(mcc) <= 1 + 1e-12);
        if (recall >= 0) assertClose(others["volume-ratio"], others["relative-volume-difference"] + 1, ROUNDING);
        if (recall >= 0 && specificity >= 0)
          assertClose(others["balanced-accuracy"], (recall + specificity) / 2, ROUNDING);
        const back = await scoresOf({ ...pair, prediction: pair.reference, reference: pair.prediction }, overlap);
        assert.deepEqual([back.dice, back.iou, back.precision, back.recall], [dice, iou, recall, precision]);
        assertClose(back["volume-difference"], -others["volume-difference"], ROUNDING);
      }),
    ));
});
