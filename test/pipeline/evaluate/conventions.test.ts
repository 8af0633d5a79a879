import { strict as assert } from "node:assert";
import { conventionScores, conventions } from "../../../pipeline/evaluate/conventions.ts";
import { volumeOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { peerCases } from "../../support/metric-peers.ts";
import { assertClose } from "../../support/numbers.ts";
import { type DrawnPair, drawnMask } from "../../support/scored-masks.ts";

async function packagesOn({ prediction, reference, shape, spacingMm }: DrawnPair) {
  const grid = straightGrid(shape, spacingMm);
  const pair = { prediction: volumeOf(prediction, grid), reference: volumeOf(reference, grid) };
  const scores = (await conventionScores(pair, { classes: [{ id: 1, name: "organ" }] })).get(1) ?? [];
  return new Map(scores.map((score) => [score.package.replace(/[ ,].*/, ""), score]));
}

/** A package's own value, NaN where it fails or returns none; MONAI counts in single precision. */
function assertSame(found: number | undefined, wanted: number | null): void {
  if (wanted === null || wanted === Infinity) assert.equal(found, wanted ?? Number.NaN);
  else assertClose(found ?? Number.NaN, wanted, { rel: 1e-6 });
}

describe("conventionScores", () => {
  for (const { name, pair, packages } of peerCases())
    it(`says of ${name} what MONAI, MedPy and surface-distance said`, async () => {
      const found = await packagesOn(pair);
      const [monai, medpy] = [found.get("MONAI"), found.get("MedPy")];
      const google = found.get("surface-distance");
      assertSame(monai?.dice, packages["MONAI 1.3"].dice);
      assertSame(monai?.hd95, packages["MONAI 1.3"].hd95);
      assertSame(monai?.hd95Voxels, packages["MONAI 1.3"]["hd95 in voxels"]);
      assertSame(medpy?.dice, packages["MedPy 0.5"].dice);
      assertSame(medpy?.hd95, packages["MedPy 0.5"]["hd95-pooled"]);
      assertSame(medpy?.hd95Voxels, packages["MedPy 0.5"]["hd95-pooled in voxels"]);
      assertSame(google?.dice, packages["surface-distance 0.1"].dice);
      assertSame(google?.hd95, packages["surface-distance 0.1"]["area-hd95"]);
      assert.equal(google?.hd95Voxels, Number.NaN);
    });

  // MetricsReloaded (00219d0, pairwise_measures.py): `dsc`, and `measured_distance` with numpy 1.24.
  it("gives MetricsReloaded's 1 and 0 to two empty masks, and no distance where one is empty", async () => {
    const of = async (name: string) => {
      const peer = peerCases().find((each) => each.name === name);
      assert.ok(peer);
      return (await packagesOn(peer.pair)).get("MetricsReloaded");
    };
    const neither = await of("in neither");
    assert.deepEqual([neither?.dice, neither?.hd95, neither?.hd95Voxels], [1, 0, 0]);
    const one = await of("only in the prediction");
    assert.deepEqual([one?.dice, one?.hd95], [0, Number.NaN]);
    const both = await of("noise");
    assertClose(both?.hd95 ?? 0, 1.8027756377319946, { rel: 1e-12 });
  });

  // evaluate_predictions.py of nnU-Net 2.8.1, `compute_metrics`.
  it("leaves a class in neither mask to nnU-Net's nanmean, and gives its false positives 0", async () => {
    const of = async (name: string) => (await packagesOn(pairNamed(name))).get("nnU-Net");
    assert.equal((await of("in neither"))?.dice, Number.NaN);
    assert.equal((await of("only in the prediction"))?.dice, 0);
    assert.equal((await of("noise"))?.dice, peerCases()[2].packages["MedPy 0.5"].dice);
  });

  it("averages slices with 1 for those without the class: (1 + 2/3 + 0 + 1) / 4 where the volume has 2/4", async () => {
    const prediction = drawnMask("...", "##.", "#..", "...");
    const reference = drawnMask("...", "#..", "...", "...");
    const pair = { prediction: prediction.data, reference: reference.data, shape: prediction.shape };
    const found = await packagesOn({ ...pair, spacingMm: [3, 2, 1] });
    assertClose(found.get("image-averaged")?.dice ?? 0, (1 + 2 / 3 + 0 + 1) / 4, { rel: 1e-15 });
    assert.equal(found.get("nnU-Net")?.dice, 0.5);
  });

  it("has a line of text for each package that it scores", async () => {
    const found = await packagesOn(pairNamed("noise"));
    assert.deepEqual(
      [...found.values()].map((score) => score.package),
      conventions.map((each) => each.package),
    );
    for (const { dice, hd95 } of conventions) assert.ok(dice.length > 0 && hd95.length > 0);
  });
});

function pairNamed(name: string): DrawnPair {
  const found = peerCases().find((each) => each.name === name);
  assert.ok(found, name);
  return found.pair;
}
