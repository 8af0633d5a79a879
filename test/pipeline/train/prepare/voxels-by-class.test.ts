import { strict as assert } from "node:assert";
import { voxelsByClass } from "../../../../pipeline/train/prepare/voxels-by-class.ts";

describe("voxelsByClass", () => {
  it("lists all voxels of a small class, 10,000 evenly drawn ones of a large one, and none of the background", () => {
    const map = new Uint8Array(100_000).fill(1, 20_000);
    map[7] = 3;
    map[19_999] = 3;
    const found = voxelsByClass(map);
    assert.deepEqual([...found.keys()], [1, 3]);
    assert.deepEqual([...(found.get(3) ?? [])], [7, 19_999]);
    const large = found.get(1) ?? new Uint32Array(0);
    assert.equal(large.length, 10_000);
    assert.ok(large.every((index, n) => index === 20_000 + 8 * n));
  });

  it("lists the background too where some voxels are to be ignored, and those never", () => {
    assert.deepEqual(
      [...voxelsByClass(Uint8Array.of(0, 1, 9, 0), 9)].map(([id, list]) => [id, ...list]),
      [
        [0, 0, 3],
        [1, 1],
      ],
    );
  });
});
