import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { classOverlaps } from "../../../pipeline/evaluate/class-overlaps.ts";
import { labelRunsOf } from "../../../pipeline/evaluate/label-runs.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { shapeOfBox } from "../../../pipeline/volume/box.ts";
import { voxelCountOf } from "../../../pipeline/volume/volume.ts";

const overlapsOf = (prediction: Uint16Array, reference: Uint16Array, shape: Triple) =>
  classOverlaps({ prediction: labelRunsOf(prediction, shape), reference: labelRunsOf(reference, shape), shape });

const side = fc.integer({ min: 1, max: 6 });
const pairs = fc.tuple(side, side, side).chain((shape) => {
  const length = voxelCountOf(shape);
  const ids = fc.array(fc.constantFrom(0, 0, 1, 2, 300), { minLength: length, maxLength: length });
  return fc.tuple(ids, ids).map((drawn) => {
    const [prediction, reference] = drawn.map((values): readonly number[] => values);
    return { prediction, reference, shape: shape as Triple };
  });
});

describe("classOverlaps", () => {
  it("counts 2 predicted, 3 wanted and 1 shared voxel of class 300, and puts boxes around them", () => {
    const found = overlapsOf(Uint16Array.of(300, 300, 0, 0, 0, 0), Uint16Array.of(0, 300, 0, 300, 300, 0), [1, 2, 3]);
    assert.deepEqual(
      [...found],
      [
        [
          300,
          {
            prediction: 2,
            reference: 3,
            both: 1,
            box: { start: [0, 0, 0], stop: [1, 2, 2] },
            referenceBox: { start: [0, 0, 0], stop: [1, 2, 2] },
          },
        ],
      ],
    );
  });

  it("counts what counting voxel by voxel gives, in the order of ids, and its boxes are no larger than they need be", () =>
    fc.assert(
      fc.property(pairs, ({ prediction, reference, shape }) => {
        const found = overlapsOf(Uint16Array.from(prediction), Uint16Array.from(reference), shape);
        const ids = [1, 2, 300].filter((id) => prediction.includes(id) || reference.includes(id));
        assert.deepEqual([...found.keys()], ids);
        for (const [id, overlap] of found) {
          const count = (isIn: (i: number) => boolean) => prediction.filter((_, i) => isIn(i)).length;
          assert.equal(
            overlap.prediction,
            count((i) => prediction[i] === id),
          );
          assert.equal(
            overlap.reference,
            count((i) => reference[i] === id),
          );
          assert.equal(
            overlap.both,
            count((i) => prediction[i] === id && reference[i] === id),
          );
          const places = prediction.flatMap((_, i) =>
            prediction[i] === id || reference[i] === id ? [placeOf(i, shape)] : [],
          );
          const { start, stop } = overlap.box;
          for (const axis of [0, 1, 2]) {
            const along = places.map((place) => place[axis]);
            assert.deepEqual([start[axis], stop[axis]], [Math.min(...along), Math.max(...along) + 1]);
          }
          const own = shapeOfBox(overlap.referenceBox);
          assert.equal(own.includes(0), overlap.reference === 0);
        }
      }),
    ));
});

function placeOf(index: number, [, height, width]: Triple): Triple {
  return [Math.floor(index / (height * width)), Math.floor(index / width) % height, index % width];
}
