import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type Matrix3, rotationMatrix, scalingMatrix } from "../../../../pipeline/train/augment/matrix.ts";
import type { Patch } from "../../../../pipeline/train/augment/patch.ts";
import { boxToRead, cutInto } from "../../../../pipeline/train/sampling/cut-patch.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { isEmptyBox, shapeOfBox } from "../../../../pipeline/volume/box.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { indicesIn, patchSourceOf } from "../../../support/patch-source-of.ts";

const quarter = Math.PI / 2;
const valueAt = ([d, h, w]: Triple) => 100 * d + 10 * h + w;
const labelAt = ([d, h, w]: Triple) => [0, 3, 7, 200][(d + 2 * h + 3 * w) % 4];
const isIn = (index: Triple, shape: Triple) => index.every((value, axis) => value >= 0 && value < shape[axis]);

describe("cutInto", () => {
  it("copies what lies inside and gives 0 and the label for outside elsewhere", () => {
    const [shape, patch, start]: Triple[] = [
      [3, 5, 4],
      [5, 3, 7],
      [-1, 3, -2],
    ];
    const { image, labels } = cut({ shape, patch, start, outside: 9 });
    const source = indicesIn(patch).map(
      (index): Triple => [index[0] + start[0], index[1] + start[1], index[2] + start[2]],
    );
    assert.deepEqual(
      [...image],
      source.map((index) => (isIn(index, shape) ? valueAt(index) : 0)),
    );
    assert.deepEqual(
      [...labels],
      source.map((index) => (isIn(index, shape) ? labelAt(index) : 9)),
    );
  });

  it("is empty where patch and case do not meet", () => {
    const { image, labels } = cut({ shape: [3, 5, 4], patch: [2, 2, 2], start: [3, 0, 0], outside: 9 });
    assert.ok(image.every((value) => value === 0) && labels.every((label) => label === 9));
  });

  it("moves each voxel by the permutation of a quarter turn about W: [d, h, w] comes from [4 - h, d, w]", () => {
    const shape: Triple = [5, 5, 3];
    const { image, labels } = cut({ shape, patch: shape, start: [0, 0, 0], matrix: rotationMatrix([0, 0, quarter]) });
    const source = indicesIn(shape).map(([d, h, w]): Triple => [4 - h, d, w]);
    assertAllClose(image, source.map(valueAt), { abs: 1e-3 });
    assert.deepEqual([...labels], source.map(labelAt));
  });

  it("does so about D, [d, 4 - w, h], and about H, [w, h, 4 - d], too", () => {
    const shape: Triple = [5, 5, 5];
    const turns: readonly [Triple, (index: Triple) => Triple][] = [
      [[quarter, 0, 0], ([d, h, w]) => [d, 4 - w, h]],
      [[0, quarter, 0], ([d, h, w]) => [w, h, 4 - d]],
    ];
    for (const [angles, from] of turns) {
      const { labels, image } = cut({ shape, patch: shape, start: [0, 0, 0], matrix: rotationMatrix(angles) });
      assertAllClose(image, indicesIn(shape).map(from).map(valueAt), { abs: 1e-3 });
      assert.deepEqual([...labels], indicesIn(shape).map(from).map(labelAt));
    }
  });

  it("takes every second voxel about the centre at a scale of 2, and 0 outside", () => {
    const { image } = cut({ shape: [1, 1, 9], patch: [1, 1, 7], start: [0, 0, 1], matrix: scalingMatrix([1, 1, 2]) });
    assertAllClose(image, [0, 0, 2, 4, 6, 8, 0], { abs: 1e-5 });
  });

  it("interpolates image values linearly: a linear image stays so under any turn and scale, inside", () => {
    const shape: Triple = [31, 29, 33];
    fc.assert(
      fc.property(anyMatrix, (matrix) => {
        const patch: Triple = [5, 7, 3];
        const start: Triple = [13, 11, 15];
        const { image } = cut({ shape, patch, start, matrix });
        const centre = start.map((first, axis) => first + (patch[axis] - 1) / 2);
        const wanted = indicesIn(patch).map((index) => {
          const offset = index.map((value, axis) => value - (patch[axis] - 1) / 2);
          const at = matrix.map(
            (row, axis) => centre[axis] + row.reduce((sum, value, k) => sum + value * offset[k], 0),
          );
          return valueAt(at as unknown as Triple);
        });
        assertAllClose(image, wanted, { abs: 1e-2 });
      }),
      { numRuns: 30 },
    );
  });

  it("invents no label, whatever the turn and scale", () => {
    fc.assert(
      fc.property(anyMatrix, fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -6, max: 6 }))), (matrix, start) => {
        const { labels } = cut({
          shape: [7, 5, 9],
          patch: [5, 7, 3],
          start: start as unknown as Triple,
          matrix,
          outside: 5,
        });
        assert.ok(labels.every((label) => [0, 3, 7, 200, 5].includes(label)));
      }),
      { numRuns: 50 },
    );
  });
});

const angle = fc.double({ min: -0.6, max: 0.6, noNaN: true });
const anyMatrix = fc
  .tuple(angle, angle, angle, fc.double({ min: 0.7, max: 1.4, noNaN: true }))
  .map(
    ([d, h, w, scale]) =>
      rotationMatrix([d, h, w]).map((row) => row.map((value) => value * scale)) as unknown as Matrix3,
  );

function cut({
  shape,
  patch,
  start,
  matrix,
  outside = 0,
}: {
  readonly shape: Triple;
  readonly patch: Triple;
  readonly start: Triple;
  readonly matrix?: Matrix3;
  readonly outside?: number;
}): Patch {
  const voxels = patch[0] * patch[1] * patch[2];
  const filled: Patch = { image: new Float32Array(voxels), labels: new Float32Array(voxels), shape: patch };
  const box = boxToRead({ start, matrix }, { patch, shape });
  const source = patchSourceOf(shape, labelAt, valueAt);
  const block = isEmptyBox(box) ? undefined : { box, ...source.readBlock(box.start, shapeOfBox(box)) };
  cutInto(filled, block, { start, matrix, outside });
  return filled;
}
