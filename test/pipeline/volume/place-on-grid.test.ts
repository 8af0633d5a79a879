import { strict as assert } from "node:assert";
import fc from "fast-check";
import { indexToLpsOf, type Triple, transformPoint } from "../../../pipeline/volume/affine.ts";
import { GeometryError } from "../../../pipeline/volume/errors.ts";
import { placeOnGrid } from "../../../pipeline/volume/place-on-grid.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { obliqueGrid, reorderings } from "../../support/phantom-series.ts";

const grid = obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] });

describe("placeOnGrid", () => {
  it("keeps every label at its patient position over all 48 orders and directions of the axes", () => {
    for (const labels of reorderings(numbered(grid))) {
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

  it("says in numbers what differs", () => {
    const half = numbered({ shape: [1, 1, 1], indexToLps: shifted(grid, [0.5, 0, 0]) });
    const thick = numbered(
      obliqueGrid([3, 5, 7], { spacingMm: [30, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] }),
    );
    const text = /voxels 1\.50 mm away \(labels \[1,1,1\] of 3 x 2 x 1 mm, grid \[3,5,7\] of 3 x 2 x 1 mm\)/;
    assert.throws(() => placeOnGrid(half, grid, "test"), text);
    assert.throws(() => placeOnGrid(thick, grid, "test"), /labels \[3,5,7\] of 30 x 2 x 1 mm/);
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
