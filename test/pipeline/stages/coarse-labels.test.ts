import { strict as assert } from "node:assert";
import { foundBoxes, type RegionRule } from "../../../pipeline/stages/coarse-labels.ts";
import { straightGrid } from "../../support/boxes-scan.ts";

/** 33 x 48 x 31 mm; the coarse voxels of 5 x 6 x 4 are 6.6 x 8 x 7.75 mm, 409.2 mm3. */
const grid = straightGrid([11, 24, 31], [3, 2, 1]);
const coarseShape = [5, 6, 4] as const;

/** Two components of class 1, of two voxels and of one, and one voxel of class 9. */
const data = new Uint8Array(5 * 6 * 4);
for (const [d, h, w, id] of [
  [1, 2, 1, 1],
  [1, 3, 1, 1],
  [4, 5, 3, 1],
  [3, 0, 0, 9],
])
  data[(d * 6 + h) * 4 + w] = id;

const idOf = new Map([
  ["appendix", 1],
  ["fat", 9],
]);
const boxOf = (rule: Partial<RegionRule>) => {
  const region: RegionRule = { name: "r", classes: ["appendix"], keep: "largest", ...rule };
  return foundBoxes({ data, shape: coarseShape, idOf, warnings: [] }, { regions: [region], grid }).get("r");
};

describe("foundBoxes", () => {
  it("spans the largest component, in voxels of the finer grid rounded outwards", () => {
    // D: 1 and 2 times 11/5 = 2.2 to 4.4; H: 2 and 4 times 24/6 = 8 to 16; W: 1 and 2 times 31/4 = 7.75 to 15.5.
    assert.deepEqual(boxOf({}), { start: [2, 8, 7], stop: [5, 16, 16] });
  });

  it("spans all components where the region keeps all, or those of one class beside the other's", () => {
    assert.deepEqual(boxOf({ keep: "all" }), { start: [2, 8, 7], stop: [11, 24, 31] });
    assert.deepEqual(boxOf({ classes: ["appendix", "fat"] }), { start: [2, 0, 0], stop: [9, 16, 16] });
  });

  it("leaves out components below the smallest volume: one voxel has 0.41 ml, two 0.82 ml", () => {
    assert.deepEqual(boxOf({ keep: "all", minimumMl: 0.5 }), boxOf({}));
    assert.equal(boxOf({ keep: "all", minimumMl: 0.9 }), undefined);
  });
});
