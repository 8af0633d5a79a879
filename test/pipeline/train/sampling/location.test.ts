import { strict as assert } from "node:assert";
import { drawnStart, type Placement } from "../../../../pipeline/train/sampling/location.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";

describe("drawnStart", () => {
  it("draws every start from 0 to shape - patch when there is no room to spare, and no other", () => {
    assert.deepEqual(drawnAlongD({ shape: [7, 1, 1], patch: [5, 1, 1], room: [5, 1, 1] }), [0, 1, 2]);
  });

  it("centres a patch of 6 on a case of 3: 3 voxels to spare, 2 before and 1 behind, or 1 and 2", () => {
    // nnU-Net get_bbox: lowest -3 // 2 = -2, highest 3 + 3 // 2 + 3 % 2 - 6 = -1
    assert.deepEqual(drawnAlongD({ shape: [3, 1, 1], patch: [6, 1, 1], room: [6, 1, 1] }), [-2, -1]);
  });

  it("lets a patch of 5 in a room of 9 stick out by at most the half of what the room has more", () => {
    // lowest -4 // 2 = -2, highest 20 + 2 - 9 = 13 for the room; the patch begins 4 - 2 = 2 later
    const starts = Array.from({ length: 16 }, (_, n) => n);
    assert.deepEqual(drawnAlongD({ shape: [20, 1, 1], patch: [5, 1, 1], room: [9, 1, 1] }), starts);
  });

  it("puts a voxel in the middle, held back only where the room would stick out before the case", () => {
    const startFor = (d: number) => {
      const placement = { shape: [20, 1, 1], patch: [5, 1, 1], room: [9, 1, 1], centre: [d, 0, 0] } as const;
      return drawnStart(placement, randomFrom(1))[0];
    };
    // max(-2, d - 4) + 2
    assert.deepEqual([0, 2, 3, 10, 19].map(startFor), [0, 0, 1, 8, 17]);
  });

  it("draws a slice for a 2-D patch, or the one that the voxel lies in", () => {
    const placement = { shape: [4, 3, 3], patch: [1, 3, 3], room: [1, 3, 3] } as const;
    assert.deepEqual(drawnAlongD(placement), [0, 1, 2, 3]);
    assert.deepEqual(drawnStart({ ...placement, centre: [2, 0, 1] }, randomFrom(1)), [2, 0, 0]);
  });
});

/** Every start along D that 400 draws find, in order. */
function drawnAlongD(placement: Placement): readonly number[] {
  const random = randomFrom(1);
  const starts = Array.from({ length: 400 }, (): Triple => drawnStart(placement, random)).map(([d]) => d);
  return [...new Set(starts)].sort((first, second) => first - second);
}
