import { strict as assert } from "node:assert";
import { patchAndBatch } from "../../../../pipeline/train/plan/patch-size.ts";

const many = <T>(thing: T) => Array.from({ length: 100 }, () => thing);

describe("patchAndBatch", () => {
  it("cuts 256 to 224, which is whole after 5 halvings, and not to 192, a step of 6 less", () => {
    const shapes = many([1, 256, 256] as const);
    const { topology } = patchAndBatch({ shapes, spacingMm: [1, 1, 1], dimensions: 2, voxelsPerStep: 2 * 224 * 256 });
    assert.deepEqual(topology.patch, [1, 256, 224]);
  });

  it("cuts the side that covers most of the median case, and the last of two that cover as much", () => {
    // 160 x 384 of 160 x 640 at first, in steps of 32 and 64: H to 128, 112 and 96, which are 0.8, 0.7 and 0.6 of it. W is
    // 0.6 as well, the last of the two: to 352, as 320 is halved only 5 times (10 is too short for an axis alone). Then H,
    // 0.6 to 0.55: 80 x 352 is below 128 x 256.
    const shapes = many([1, 160, 640] as const);
    const { topology } = patchAndBatch({ shapes, spacingMm: [1, 1, 1], dimensions: 2, voxelsPerStep: 2 * 128 * 256 });
    assert.deepEqual(topology.patch, [1, 80, 352]);
  });

  it("takes no more patches than cover 5 % of all voxels, and no less than two", () => {
    const batchFor = (count: number) => {
      const shapes = many([32, 32, 32] as const).slice(0, count);
      return patchAndBatch({ shapes, spacingMm: [1, 1, 1], dimensions: 3, voxelsPerStep: 1_000_000 }).batch;
    };
    // Patches are whole cases: 5 % of 60 is 3, of 100 is 5, but 4 are the most that pay on a CPU.
    assert.deepEqual([10, 60, 100].map(batchFor), [2, 3, 4]);
  });
});
