import { strict as assert } from "node:assert";
import { conventionTally } from "../../../pipeline/evaluate/convention-means.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { labelsAt } from "../../support/label-files.ts";
import { assertClose } from "../../support/numbers.ts";

const grid = straightGrid([3, 5, 7], [3, 2, 1]);
const pairOf = (prediction: Readonly<Record<number, number>>, reference: Readonly<Record<number, number>>) => ({
  prediction: labelsAt(grid, prediction),
  reference: labelsAt(grid, reference),
});

describe("conventionTally", () => {
  it("averages what each package says over the cases of which it says something", async () => {
    const tally = conventionTally({ classes: [{ id: 1, name: "liver" }] });
    await tally.add(pairOf({ 8: 1, 9: 1 }, { 8: 1 }));
    await tally.add(pairOf({}, {}));
    await tally.add(pairOf({ 8: 1 }, {}));
    const [{ label, packages }] = tally.means();
    const of = (name: string) => packages.find((each) => each.package.startsWith(name));
    assert.equal(label, "liver");
    // Dice 2/3, in neither, in the prediction only.
    assertClose(of("nnU-Net")?.dice ?? -1, (2 / 3 + 0) / 2, { abs: 1e-12 });
    assertClose(of("MONAI")?.dice ?? -1, 2 / 3, { abs: 1e-12 });
    assertClose(of("MedPy")?.dice ?? -1, (2 / 3 + 1 + 0) / 3, { abs: 1e-12 });
    assert.deepEqual([of("nnU-Net")?.diceCases, of("MONAI")?.diceCases, of("MedPy")?.diceCases], [2, 1, 3]);
    assert.equal(of("surface-distance")?.hd95Cases, 1);
  });

  it("knows regions, and leaves voxels to ignore out on both sides", async () => {
    const tally = conventionTally({ classes: [{ id: 65536, name: "both", labels: [1, 2] }], ignoreLabel: 3 });
    await tally.add(pairOf({ 8: 2, 9: 1, 10: 1 }, { 8: 1, 9: 2, 10: 3 }));
    const [{ packages }] = tally.means();
    assert.deepEqual(
      packages.slice(0, 4).map(({ dice }) => dice),
      [1, 1, 1, 1],
    );
  });
});
