import { strict as assert } from "node:assert";
import { indexToLpsOf, type Triple } from "../../../pipeline/volume/affine.ts";
import { GeometryError, ShapeError } from "../../../pipeline/volume/errors.ts";
import {
  assertSameGrid,
  cornersOf,
  type Grid,
  gridDistanceMm,
  volumeOf,
  voxelCountOf,
} from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { assertClose } from "../../support/numbers.ts";

const grid = straightGrid([5, 7, 9], [3, 2, 1]);

describe("volumeOf", () => {
  it("keeps the very array and the grid", () => {
    const data = new Int16Array(315);
    const volume = volumeOf(data, grid);
    assert.equal(volume.data, data);
    assert.deepEqual([volume.shape, volume.indexToLps], [grid.shape, grid.indexToLps]);
  });

  it("refuses an array of another length, and sides that are not positive whole numbers", () => {
    const refused = (length: number, shape: Triple) =>
      assert.throws(
        () => volumeOf(new Uint8Array(length), { ...grid, shape }),
        (error: unknown) => error instanceof ShapeError && error.problem.code === "V_SHAPE",
      );
    refused(314, [5, 7, 9]);
    refused(0, [0, 7, 9]);
    refused(63, [-1, -7, 9]);
    refused(6, [1.5, 2, 2]);
    refused(0, [Number.NaN, 1, 1]);
  });

  it("says which volume, how many voxels were expected and how many came", () => {
    assert.throws(() => volumeOf(new Uint8Array(7), { ...grid, shape: [2, 2, 2] }, "labels"), {
      message:
        "labels: expected positive whole sides and 8 voxels for shape [2,2,2], got 7 voxels. Pass an array of D*H*W voxels.",
    });
  });
});

describe("voxelCountOf", () => {
  it("multiplies the sides", () => assert.equal(voxelCountOf([5, 7, 9]), 315));
});

describe("cornersOf", () => {
  it("counts up with the last axis fastest", () => {
    assert.deepEqual(cornersOf([1, 2, 3]).map(String), [
      "0,0,0",
      "0,0,3",
      "0,2,0",
      "0,2,3",
      "1,0,0",
      "1,0,3",
      "1,2,0",
      "1,2,3",
    ]);
  });
});

describe("gridDistanceMm", () => {
  it("is 0 for the grid itself, and the length of a shift: 3, 4 and 12 mm make 13", () => {
    assert.equal(gridDistanceMm(grid, grid), 0);
    assertClose(gridDistanceMm(grid, withRows({ 3: 3, 7: 4, 11: 12 })), 13, { abs: 1e-12 });
  });

  it("counts at the farthest corner: 1 um more a step over 8 steps is 8 um", () => {
    assertClose(gridDistanceMm(grid, withRows({ 2: 1e-3 })), 8e-3, { abs: 1e-12 });
  });

  it("is infinite where the shapes differ", () => {
    assert.equal(gridDistanceMm(grid, { ...grid, shape: [7, 5, 9] }), Infinity);
  });
});

describe("assertSameGrid", () => {
  const compare = (found: Grid, toleranceMm?: number) =>
    assertSameGrid("labels", { found, wanted: grid, ...(toleranceMm === undefined ? {} : { toleranceMm }) });

  it("accepts a corner 0.9 um away and refuses one 1.1 um away, unless told otherwise", () => {
    compare(withRows({ 3: 0.9e-3 }));
    assert.throws(() => compare(withRows({ 3: 1.1e-3 })), GeometryError);
    compare(withRows({ 3: 1.1e-3 }), 1);
  });

  it("says how far the grids lie apart, or what shape it found", () => {
    assert.throws(() => compare(withRows({ 3: 2 })), {
      message:
        "labels: expected the grid [5,7,9] within 0.001 mm, got the same shape up to 2.00 mm away. " +
        "Resample one of the two to the other's grid first.",
    });
    assert.throws(() => compare({ ...grid, shape: [5, 7, 8] }), /got \[5,7,8\]\. /);
  });
});

/** The grid with something added to some numbers of its matrix. */
function withRows(added: Readonly<Record<number, number>>): Grid {
  return {
    ...grid,
    indexToLps: indexToLpsOf(
      grid.indexToLps.rows.map((value, n) => value + (added[n] ?? 0)),
      "test",
    ),
  };
}
