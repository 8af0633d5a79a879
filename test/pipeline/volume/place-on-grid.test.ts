import { strict as assert } from "node:assert";
import fc from "fast-check";
import { indexToLpsOf, type Triple, transformPoint } from "../../../pipeline/volume/affine.ts";
import { GeometryError } from "../../../pipeline/volume/errors.ts";
import { placeOnGrid } from "../../../pipeline/volume/place-on-grid.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { obliqueGrid } from "../../support/phantom-series.ts";

const grid = obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] });

describe("placeOnGrid", () => {
  it("keeps every label at its patient position over all 48 orders and directions of the axes", () => {
    for (const labels of reorderings(grid)) {
      const placed = placeOnGrid(labels, grid, "test");
      assert.deepEqual(placed.shape, grid.shape);
      assert.deepEqual(positionsOf(placed), positionsOf(labels));
    }
  });

  it("gives the very same voxels back where the grids are equal", () => {
    const labels = numbered(grid);
    assert.equal(placeOnGrid(labels, grid, "test").data, labels.data);
  });

  it("fills a larger field with background", () => {
    const part = numbered({ shape: [1, 2, 3], indexToLps: shifted(grid, [1, 2, 3]) });
    const placed = placeOnGrid(part, grid, "test");
    assert.deepEqual(positionsOf(placed), positionsOf(part));
    assert.equal(placed.data.filter((id) => id > 0).length, 6);
  });

  it("refuses labels half a voxel away, outside the field or on another grid", () => {
    const refused = (other: Grid) => assert.throws(() => placeOnGrid(numbered(other), grid, "test"), GeometryError);
    refused({ shape: [1, 1, 1], indexToLps: shifted(grid, [0.5, 0, 0]) });
    refused({ shape: [3, 5, 7], indexToLps: shifted(grid, [1, 0, 0]) });
    refused(obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1], angles: [0.21, 0.1, -0.3], originXyz: [-10, 20, 5] }));
    refused(obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1.01], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] }));
    refused(obliqueGrid([3, 5, 7], { spacingMm: [30, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] }));
  });

  it("accepts a matrix that differs by less than DICOM text can say, and takes the grid's own", () => {
    fc.assert(
      fc.property(fc.double({ min: -5e-4, max: 5e-4, noNaN: true }), (error) => {
        const rows = grid.indexToLps.rows.map((value, n) => (n === 3 ? value + error : value));
        const labels = numbered({ shape: grid.shape, indexToLps: indexToLpsOf(rows, "test") });
        assert.deepEqual(placeOnGrid(labels, grid, "test").indexToLps, grid.indexToLps);
      }),
    );
  });
});

function numbered(on: Grid): LabelMap {
  return volumeOf(
    Uint8Array.from({ length: voxelCountOf(on.shape) }, (_, i) => i + 1),
    on,
  );
}

function shifted({ indexToLps }: Grid, index: Triple) {
  const origin = transformPoint(indexToLps, index);
  const rows = indexToLps.rows.map((value, n) => (n % 4 === 3 && n < 12 ? origin[(n - 3) / 4] : value));
  return indexToLpsOf(rows, "test");
}

/** The numbered labels of a grid with their axes permuted and flipped in all 48 ways, built voxel by voxel. */
function reorderings(on: Grid): readonly LabelMap[] {
  const orders: readonly Triple[] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  return orders.flatMap((order) => Array.from({ length: 8 }, (_, flips) => reordered(numbered(on), order, flips)));
}

function reordered({ data, shape, indexToLps }: LabelMap, order: Triple, flips: number): LabelMap {
  const newShape: Triple = [shape[order[0]], shape[order[1]], shape[order[2]]];
  const oldIndexOf = (index: Triple) => {
    const old: [number, number, number] = [0, 0, 0];
    for (const [axis, source] of order.entries())
      old[source] = (flips >> axis) & 1 ? shape[source] - 1 - index[axis] : index[axis];
    return old;
  };
  const moved = new Uint8Array(data.length);
  let i = 0;
  for (let d = 0; d < newShape[0]; d++)
    for (let h = 0; h < newShape[1]; h++)
      for (let w = 0; w < newShape[2]; w++, i++) {
        const [p, q, r] = oldIndexOf([d, h, w]);
        moved[i] = data[(p * shape[1] + q) * shape[2] + r];
      }
  const origin = transformPoint(indexToLps, oldIndexOf([0, 0, 0]));
  const step = (axis: number) => {
    const unit: [number, number, number] = [0, 0, 0];
    unit[axis] = 1;
    return transformPoint(indexToLps, oldIndexOf(unit)).map((value, n) => value - origin[n]);
  };
  const [d, h, w] = [step(0), step(1), step(2)] as [number[], number[], number[]];
  const rows = [0, 1, 2].flatMap((n) => [d[n], h[n], w[n], origin[n]] as number[]);
  return volumeOf(moved, { shape: newShape, indexToLps: indexToLpsOf([...rows, 0, 0, 0, 1], "test") });
}

/** Label to position in hundredths of a mm. */
function positionsOf({ data, shape, indexToLps }: LabelMap): Record<number, string> {
  const found: Record<number, string> = {};
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const index: Triple = [Math.floor(i / (shape[1] * shape[2])), Math.floor(i / shape[2]) % shape[1], i % shape[2]];
    found[data[i]] = String(transformPoint(indexToLps, index).map((value) => Math.round(value * 100)));
  }
  return found;
}
