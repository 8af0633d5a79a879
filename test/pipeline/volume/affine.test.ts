import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  type Affine,
  chain,
  determinant3,
  type IndexToLps,
  indexToLpsFromSteps,
  indexToLpsOf,
  inverse,
  originXyzOf,
  spacingMmOf,
  type Triple,
  transformPoint,
  voxelVolumeMm3Of,
} from "../../../pipeline/volume/affine.ts";
import { GeometryError } from "../../../pipeline/volume/errors.ts";
import { assertAllClose, assertClose } from "../../support/numbers.ts";

/** D along z by 3, H along y by 2, W along x by 1 and, sheared, along y by 0.5; the first voxel at [10, 20, 30]. */
const shearedRows = [0, 0, 1, 10, 0, 2, 0.5, 20, 3, 0, 0, 30, 0, 0, 0, 1];
const sheared = indexToLpsOf(shearedRows, "test");

const coefficient = fc.double({ min: -4, max: 4, noNaN: true });
const point = fc.tuple(coefficient, coefficient, coefficient);

/** Matrices whose axes are far from parallel: any small part on top of 10 mm steps. */
const invertible = fc
  .array(coefficient, { minLength: 12, maxLength: 12 })
  .map((values) => [...values.map((value, n) => (n % 5 === 0 ? value + 15 : value)), 0, 0, 0, 1]);

describe("indexToLpsOf", () => {
  const refused = (rows: readonly number[], got: RegExp) =>
    assert.throws(
      () => indexToLpsOf(rows, "scan.nii"),
      (error: unknown) =>
        error instanceof GeometryError && error.problem.code === "G_AFFINE" && got.test(error.message),
    );
  const changed = (changes: Readonly<Record<number, number>>) => shearedRows.map((value, n) => changes[n] ?? value);

  it("refuses NaN and infinities anywhere, and any number of numbers but 16", () => {
    for (let n = 0; n < 16; n++)
      for (const value of [Number.NaN, Infinity, -Infinity])
        refused(changed({ [n]: value }), /scan\.nii: .* got a number that is not finite\. /);
    refused(shearedRows.slice(0, 12), /got 12 numbers instead of 16/);
    refused([...shearedRows, 0], /got 17 numbers instead of 16/);
  });

  it("refuses an axis of no length and a last row other than 0 0 0 1", () => {
    refused(changed({ 8: 0 }), /got an axis of no length/);
    refused(changed({ 1: 0, 5: 0 }), /got an axis of no length/);
    for (const n of [12, 13, 14]) refused(changed({ [n]: 1e-3 }), /got a last row other than 0 0 0 1/);
    refused(changed({ 15: 2 }), /got a last row other than 0 0 0 1/);
  });

  it("refuses three axes in one plane, and lengths whose product is no number", () => {
    refused([1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1], /got axes that lie in one plane/);
    refused([1, 2, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], /got axes that lie in one plane/);
    refused([1e200, 0, 0, 0, 0, 1e200, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], /got an axis of endless length/);
  });

  it("accepts sheared, mirrored and microscopic grids", () => {
    assert.deepEqual(sheared.rows, shearedRows);
    for (const scale of [-1, 1e-4]) {
      const rows = shearedRows.map((value, n) => (n < 12 ? value * scale : value));
      assert.deepEqual(indexToLpsOf(rows, "test").rows, rows);
    }
  });

  it("keeps a frozen copy of its own", () => {
    const rows = [...shearedRows];
    const affine = indexToLpsOf(rows, "test");
    rows[3] = 99;
    assert.equal(affine.rows[3], 10);
    assert.ok(Object.isFrozen(affine.rows));
  });
});

describe("indexToLpsFromSteps", () => {
  it("makes the steps the columns and the origin the last one", () => {
    const steps = { d: [0, 0, 3], h: [0, 2, 0], w: [1, 0.5, 0] };
    assert.deepEqual(indexToLpsFromSteps(steps, { originXyz: [10, 20, 30], where: "test" }), sheared);
  });
});

describe("transformPoint", () => {
  it("takes index [1, 2, 3] to 10 + 3, 20 + 2*2 + 3*0.5, 30 + 3", () => {
    assert.deepEqual(transformPoint(sheared, [1, 2, 3]), [13, 25.5, 33]);
  });
});

describe("spacingMmOf, originXyzOf and voxelVolumeMm3Of", () => {
  it("give the columns' lengths 3, 2 and sqrt(1 + 0.25), and the first voxel's place", () => {
    assertAllClose(spacingMmOf(sheared), [3, 2, Math.sqrt(1.25)], { rel: 1e-15 });
    assert.deepEqual(originXyzOf(sheared), [10, 20, 30]);
  });

  it("give a sheared voxel the volume 3 * 2 * 1, not that of its edges, whichever way it is mirrored", () => {
    assertClose(voxelVolumeMm3Of(sheared), 6, { rel: 1e-15 });
    assertClose(determinant3(sheared.rows), -6, { rel: 1e-15 });
  });
});

describe("chain", () => {
  it("goes through the first affine, then through the next", () => {
    fc.assert(
      fc.property(invertible, invertible, point, (firstRows, nextRows, at) => {
        const first: Affine<"index", "lps"> = { from: "index", to: "lps", rows: firstRows };
        const next: Affine<"lps", "ras"> = { from: "lps", to: "ras", rows: nextRows };
        const through: Affine<"index", "ras"> = chain(first, next);
        const expected = transformPoint(next, transformPoint(first, at));
        assertAllClose(transformPoint(through, at), expected, { abs: 1e-9 });
      }),
    );
  });

  it("does not compile where the spaces do not meet", () => {
    // @ts-expect-error the first ends in lps, the next begins at index
    const wrong = chain(sheared, sheared);
    assert.equal(wrong.to, "lps");
  });
});

describe("inverse", () => {
  it("undoes the sheared matrix: [13, 25.5, 33] was index [1, 2, 3]", () => {
    const back: Affine<"lps", "index"> = inverse(sheared);
    assertAllClose(transformPoint(back, [13, 25.5, 33]), [1, 2, 3], { abs: 1e-12 });
    assert.deepEqual([back.from, back.to], ["lps", "index"]);
  });

  it("leads back from where any affine leads", () => {
    fc.assert(
      fc.property(invertible, point, (rows, at: Triple) => {
        const affine: IndexToLps = { from: "index", to: "lps", rows };
        assertAllClose(transformPoint(inverse(affine), transformPoint(affine, at)), at, { abs: 1e-9 });
      }),
    );
  });
});
