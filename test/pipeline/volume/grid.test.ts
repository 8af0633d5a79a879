import { strict as assert } from "node:assert";
import fc from "fast-check";
import { originXyzOf, spacingMmOf, type Triple, transformPoint } from "../../../pipeline/volume/affine.ts";
import { gridAround, movedAffine, resizedGrid, shapeForSpacing } from "../../../pipeline/volume/grid.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { assertAllClose } from "../../support/numbers.ts";
import { obliqueGrid } from "../../support/phantom-series.ts";

const oblique = obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] });
const side = fc.integer({ min: 1, max: 20 });

describe("resizedGrid", () => {
  it("doubles [3, 5, 7] of [3, 2, 1] mm to steps of half the length that begin a quarter step earlier", () => {
    const { shape, indexToLps } = resizedGrid(straightGrid([3, 5, 7], [3, 2, 1]), [6, 10, 14]);
    assert.deepEqual(shape, [6, 10, 14]);
    assert.deepEqual(spacingMmOf(indexToLps), [1.5, 1, 0.5]);
    assert.deepEqual(originXyzOf(indexToLps), [10 - 0.25, -20 - 0.5, 30 - 0.75]);
  });

  it("keeps the outer faces of an oblique grid where they are, whatever the shape", () => {
    fc.assert(
      fc.property(fc.tuple(side, side, side), (shape: Triple) => {
        const resized = resizedGrid(oblique, shape);
        const farOf = (sides: Triple) => sides.map((count) => count - 0.5) as unknown as Triple;
        const same = { abs: 1e-9 };
        const near: Triple = [-0.5, -0.5, -0.5];
        assertAllClose(transformPoint(resized.indexToLps, near), transformPoint(oblique.indexToLps, near), same);
        assertAllClose(
          transformPoint(resized.indexToLps, farOf(shape)),
          transformPoint(oblique.indexToLps, farOf(oblique.shape)),
          same,
        );
      }),
    );
  });
});

describe("shapeForSpacing", () => {
  it("rounds the field over the spacing: 9, 10 and 7 mm by 2.1, 3 and 4 mm are 4, 3 and 2 voxels", () => {
    assert.deepEqual(shapeForSpacing(oblique, [2.1, 3, 4]), [4, 3, 2]);
  });

  it("takes the even count half way, as Python's round does: 4.5, 2.5 and 3.5 are 4, 2 and 4", () => {
    assert.deepEqual(shapeForSpacing(oblique, [2, 4, 2]), [4, 2, 4]);
    assert.deepEqual(shapeForSpacing(straightGrid([3, 5, 7], [3, 2, 1]), [2, 4, 2]), [4, 2, 4]);
  });

  it("keeps one voxel where the wanted spacing is longer than the field", () => {
    assert.deepEqual(shapeForSpacing(oblique, [1000, 1000, 1000]), [1, 1, 1]);
  });
});

describe("movedAffine", () => {
  it("takes index m to where scale * m + offset was", () => {
    const index = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(fc.tuple(index, index, index), (at: Triple) => {
        const moved = movedAffine(oblique.indexToLps, { scale: [2, 0.5, 3], offset: [1, -2, 0.25] });
        const before: Triple = [2 * at[0] + 1, 0.5 * at[1] - 2, 3 * at[2] + 0.25];
        assertAllClose(transformPoint(moved, at), transformPoint(oblique.indexToLps, before), { abs: 1e-9 });
      }),
    );
  });
});

describe("gridAround", () => {
  it("holds every voxel of both where they were", () => {
    const grid = straightGrid([3, 5, 7], [3, 2, 1]);
    const rows = grid.indexToLps.rows.with(3, 10 + 2).with(11, 30 - 6);
    const around = gridAround({ ...grid, shape: [2, 5, 7] }, { ...grid, indexToLps: { ...grid.indexToLps, rows } });
    // Two slices of 3 mm lower and two columns to the left.
    assert.deepEqual(around.shape, [4, 5, 9]);
    assert.deepEqual(originXyzOf(around.indexToLps), [10, -20, 24]);
    assert.deepEqual(gridAround(grid, grid), grid);
  });
});
