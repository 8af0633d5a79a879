import { strict as assert } from "node:assert";
import { indexToLpsOf } from "../../pipeline/volume/affine.ts";
import { type Volume, volumeOf } from "../../pipeline/volume/volume.ts";
import { assertSameInWorld } from "./same-in-world.ts";

/** Two slices of 3 x 1 pixels, 2 mm apart along y. */
const volume = volumeOf(Int16Array.of(1, 2, 3, 4, 5, 6), {
  shape: [2, 3, 1],
  indexToLps: indexToLpsOf([0, 0, 1, 0, 0, 2, 0, 10, 3, 0, 0, 0, 0, 0, 0, 1], "test"),
});

/** Its rows the other way round: from y = 14 on downwards. */
const turned: Volume = volumeOf(Int16Array.of(3, 2, 1, 6, 5, 4), {
  shape: [2, 3, 1],
  indexToLps: indexToLpsOf([0, 0, 1, 0, 0, -2, 0, 14, 3, 0, 0, 0, 0, 0, 0, 1], "test"),
});

describe("assertSameInWorld", () => {
  it("accepts the same voxels at the same places, rows turned round", () => {
    assertSameInWorld(volume, turned, { mm: 0 });
  });

  it("fails for a voxel that differs by more than the tolerance", () => {
    const other = { ...turned, data: Int16Array.of(3, 2, 1, 6, 5, 7) };
    assert.throws(() => assertSameInWorld(volume, other, { mm: 0, value: 2 }), /voxels differ by 3/);
    assertSameInWorld(volume, other, { mm: 0, value: 3 });
  });

  it("fails for voxels that are the same at other places", () => {
    assert.throws(
      () => assertSameInWorld(volume, { ...volume, indexToLps: turned.indexToLps }, { mm: 1e-4 }),
      /differ by 2/,
    );
    const moved = indexToLpsOf(
      volume.indexToLps.rows.map((value, i) => (i === 3 ? 0.001 : value)),
      "test",
    );
    assert.throws(() => assertSameInWorld(volume, { ...volume, indexToLps: moved }, { mm: 1e-4 }), /within 0\.0001/);
  });

  it("fails for a stretched axis", () => {
    const stretched = indexToLpsOf(
      volume.indexToLps.rows.map((value, i) => (i === 8 ? 3.01 : value)),
      "test",
    );
    assert.throws(() => assertSameInWorld(volume, { ...volume, indexToLps: stretched }, { mm: 1e-4 }));
  });
});
