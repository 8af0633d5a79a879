import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type Triple, transformPoint } from "../../../pipeline/volume/affine.ts";
import { type Box, shapeOfBox } from "../../../pipeline/volume/box.ts";
import { crop, pad } from "../../../pipeline/volume/crop.ts";
import { ShapeError } from "../../../pipeline/volume/errors.ts";
import { gridDistanceMm, type Volume } from "../../../pipeline/volume/volume.ts";
import { assertAllClose } from "../../support/numbers.ts";
import { obliqueGrid } from "../../support/phantom-series.ts";
import { volumeByIndex } from "../../support/volume-by-index.ts";

const shape: Triple = [3, 5, 7];
const grid = obliqueGrid(shape, { spacingMm: [3, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] });
const volume = volumeByIndex(grid, ([d, h, w]) => 100 * d + 10 * h + w + 1);

const width = fc.integer({ min: 0, max: 3 });
const widths = fc.tuple(width, width, width);
const inner = fc
  .tuple(...shape.map((side) => fc.tuple(fc.integer({ min: 0, max: side - 1 }), fc.integer({ min: 1, max: side }))))
  .filter((sides) => sides.every(([start, stop]) => start < stop))
  .map((sides): Box => ({ start: tripleOf(sides.map(([a]) => a)), stop: tripleOf(sides.map(([, b]) => b)) }));

describe("crop", () => {
  it("keeps each voxel of the box at its patient position on an oblique grid", () => {
    fc.assert(
      fc.property(inner, (box) => {
        const part = crop(volume, box);
        assert.deepEqual(part.shape, shapeOfBox(box));
        eachVoxel(part, (value, index) => {
          const [d, h, w] = index.map((at, axis) => at + box.start[axis]);
          assert.equal(value, 100 * d + 10 * h + w + 1);
          assertAllClose(transformPoint(part.indexToLps, index), transformPoint(grid.indexToLps, [d, h, w]), {
            abs: 1e-9,
          });
        });
      }),
    );
  });

  it("gives the very volume back for the whole box, and leaves its input alone", () => {
    const before = volume.data.slice();
    assert.equal(crop(volume, { start: [0, 0, 0], stop: shape }), volume);
    crop(volume, { start: [0, 0, 0], stop: [1, 1, 1] }).data.fill(0);
    assert.deepEqual(volume.data, before);
  });

  it("refuses an empty box, one that leaves the volume and one between voxels", () => {
    const boxes: readonly [Triple, Triple][] = [
      [
        [1, 1, 1],
        [1, 2, 2],
      ],
      [
        [2, 1, 1],
        [1, 2, 2],
      ],
      [
        [-1, 0, 0],
        [1, 1, 1],
      ],
      [
        [0, 0, 0],
        [3, 5, 8],
      ],
      [
        [0.5, 0, 0],
        [2, 2, 2],
      ],
      [
        [0, 0, Number.NaN],
        [2, 2, 2],
      ],
    ];
    for (const [start, stop] of boxes)
      assert.throws(
        () => crop(volume, { start, stop }),
        (error: unknown) => error instanceof ShapeError && error.problem.code === "V_BOX",
      );
  });
});

describe("pad", () => {
  it("puts a frame of one value around voxels that keep their patient positions", () => {
    fc.assert(
      fc.property(widths, widths, (before, after) => {
        const framed = pad(volume, { before, after, value: -7 });
        assert.deepEqual(framed.shape, tripleOf(shape.map((side, axis) => before[axis] + side + after[axis])));
        eachVoxel(framed, (value, index) => {
          const [d, h, w] = index.map((at, axis) => at - before[axis]);
          const isInside = [d, h, w].every((at, axis) => at >= 0 && at < shape[axis]);
          assert.equal(value, isInside ? 100 * d + 10 * h + w + 1 : -7);
        });
        assertAllClose(transformPoint(framed.indexToLps, before), transformPoint(grid.indexToLps, [0, 0, 0]), {
          abs: 1e-9,
        });
      }),
    );
  });

  it("is undone by a crop, bit for bit", () => {
    fc.assert(
      fc.property(widths, widths, (before, after) => {
        const stop = tripleOf(shape.map((side, axis) => before[axis] + side));
        const back = crop(pad(volume, { before, after, value: 9 }), { start: before, stop });
        assert.deepEqual(back.data, volume.data);
        assert.ok(gridDistanceMm(back, volume) < 1e-9);
      }),
    );
  });

  it("fills with 0 unless told otherwise, and makes no copy where nothing is added", () => {
    assert.equal(pad(volume, { before: [0, 0, 0], after: [0, 0, 0] }), volume);
    assert.equal(pad(volume, { before: [1, 0, 0], after: [0, 0, 0] }).data[0], 0);
  });

  it("refuses negative and broken widths", () => {
    for (const before of [
      [-1, 0, 0],
      [0, 0.5, 0],
      [0, 0, Number.NaN],
    ] as const)
      for (const widths of [
        { before, after: [0, 0, 0] as const },
        { before: [0, 0, 0] as const, after: before },
      ])
        assert.throws(
          () => pad(volume, widths),
          (error: unknown) => error instanceof ShapeError && error.problem.code === "V_PAD",
        );
  });
});

function eachVoxel({ data, shape: [, height, width] }: Volume, visit: (value: number, index: Triple) => void): void {
  data.forEach((value, i) => {
    visit(value, [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width]);
  });
}

function tripleOf(values: readonly number[]): Triple {
  return [values[0], values[1], values[2]];
}
