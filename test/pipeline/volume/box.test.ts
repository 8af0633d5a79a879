import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  type Box,
  clippedBox,
  isEmptyBox,
  shapeOfBox,
  unionOf,
  wholeBox,
  widenedBox,
  withMargin,
} from "../../../pipeline/volume/box.ts";
import { straightGrid } from "../../support/boxes-scan.ts";

const box: Box = { start: [1, 2, 3], stop: [4, 4, 4] };
const empty: Box = { start: [2, 2, 2], stop: [5, 2, 9] };

const corner = fc.tuple(...([0, 1, 2] as const).map(() => fc.integer({ min: -3, max: 8 })));
const boxes = fc.tuple(corner, corner).map(([start, stop]): Box => ({ start, stop }) as unknown as Box);

/** Whether a voxel lies in a box, from the definition. */
const holds = ({ start, stop }: Box, index: readonly number[]) =>
  index.every((at, axis) => at >= start[axis] && at < stop[axis]);

const voxelsAround = Array.from({ length: 12 ** 3 }, (_, i) => [
  i % 12,
  Math.floor(i / 12) % 12,
  Math.floor(i / 144),
]).map((index) => index.map((at) => at - 3));

describe("shapeOfBox and isEmptyBox", () => {
  it("count the voxels along each side, none where a side ends before it starts", () => {
    assert.deepEqual(shapeOfBox(box), [3, 2, 1]);
    assert.deepEqual(shapeOfBox({ start: [5, 0, 0], stop: [1, 2, 2] }), [0, 2, 2]);
    assert.deepEqual([isEmptyBox(box), isEmptyBox(empty)], [false, true]);
    assert.deepEqual(shapeOfBox(wholeBox([5, 7, 9])), [5, 7, 9]);
  });
});

describe("unionOf", () => {
  it("ignores an empty box on either side", () => {
    assert.deepEqual(unionOf(box, empty), box);
    assert.deepEqual(unionOf(empty, box), box);
  });

  it("holds both and is no larger on any side than their farthest edges", () => {
    fc.assert(
      fc.property(boxes, boxes, (first, second) => {
        const both = unionOf(first, second);
        const inside = voxelsAround.filter((index) => holds(first, index) || holds(second, index));
        assert.ok(inside.every((index) => holds(both, index)));
        for (const axis of [0, 1, 2])
          if (inside.length > 0) {
            assert.equal(both.start[axis], Math.min(...inside.map((index) => index[axis])));
            assert.equal(both.stop[axis], Math.max(...inside.map((index) => index[axis])) + 1);
          }
      }),
    );
  });
});

describe("clippedBox", () => {
  it("holds the voxels of the box that are in the volume, and no others", () => {
    fc.assert(
      fc.property(boxes, (any) => {
        const clipped = clippedBox(any, [3, 5, 7]);
        for (const index of voxelsAround)
          assert.equal(holds(clipped, index), holds(any, index) && holds(wholeBox([3, 5, 7]), index));
      }),
    );
  });
});

describe("withMargin", () => {
  const grid = straightGrid([9, 9, 9], [3, 2, 1]);

  it("grows by whole voxels, rounded up, within the volume: 4 mm are 2, 2 and 4 voxels of 3, 2 and 1 mm", () => {
    const grown = withMargin({ start: [3, 3, 5], stop: [4, 4, 6] }, { grid, marginMm: [4, 4, 4] });
    assert.deepEqual(grown, { start: [1, 1, 1], stop: [6, 6, 9] });
  });

  it("leaves an empty box, and one without margin, as they are", () => {
    assert.equal(withMargin(empty, { grid, marginMm: [4, 4, 4] }), empty);
    assert.deepEqual(withMargin(box, { grid, marginMm: [0, 0, 0] }), box);
  });
});

describe("widenedBox", () => {
  it("makes sides half as long again about the middle: 4 grows by 1 on each side, 3 by 1, 1 by the voxel that it must", () => {
    const wide = widenedBox({ start: [3, 4, 5], stop: [7, 7, 6] }, { factor: 1.5, shape: [20, 20, 20] });
    assert.deepEqual(wide, { start: [2, 3, 4], stop: [8, 8, 7] });
  });

  it("stays within the volume, and leaves an empty box empty", () => {
    const wide = widenedBox({ start: [1, 0, 2], stop: [5, 8, 6] }, { factor: 3, shape: [9, 9, 9] });
    assert.deepEqual(wide, { start: [0, 0, 0], stop: [9, 9, 9] });
    assert.equal(widenedBox(empty, { factor: 2, shape: [9, 9, 9] }), empty);
  });
});
