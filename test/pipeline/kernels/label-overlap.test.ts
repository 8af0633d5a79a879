import { strict as assert } from "node:assert";
import { diceOf, labelOverlaps } from "../../../pipeline/kernels/label-overlap.ts";

describe("labelOverlaps", () => {
  it("counts 2 of 3 predicted and 4 true voxels of class 1, and class 2 in the reference alone", () => {
    const reference = Uint8Array.of(1, 1, 1, 1, 0, 2);
    const overlaps = labelOverlaps(Uint8Array.of(1, 1, 0, 0, 1, 0), { reference, largestId: 3 });
    assert.deepEqual(overlaps, [
      { prediction: 3, reference: 4, both: 2 },
      { prediction: 0, reference: 1, both: 0 },
      { prediction: 0, reference: 0, both: 0 },
    ]);
    assert.equal(diceOf(overlaps[0]), 4 / 7);
    assert.equal(diceOf(overlaps[1]), 0);
    assert.ok(Number.isNaN(diceOf(overlaps[2])));
  });
});
