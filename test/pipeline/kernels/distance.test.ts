import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { signedDistancesInto, squaredDistances } from "../../../pipeline/kernels/distance.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";

const side = fc.integer({ min: 1, max: 7 });
const spacing = fc.constantFrom(0.5, 1, 2, 3);

const grids = fc
  .tuple(fc.tuple(side, side, side), fc.tuple(spacing, spacing, spacing), fc.double({ min: 0, max: 1, noNaN: true }))
  .chain(([shape, spacingMm, share]) =>
    fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), {
        minLength: shape[0] * shape[1] * shape[2],
        maxLength: shape[0] * shape[1] * shape[2],
      })
      .map((draws) => ({
        shape: shape as Triple,
        spacingMm: spacingMm as Triple,
        mask: draws.map((draw) => draw < share),
      })),
  );

/** Every voxel against every other. */
function slowly({
  shape: [, h, w],
  spacingMm,
  mask,
}: {
  shape: Triple;
  spacingMm: Triple;
  mask: readonly boolean[];
}): readonly number[] {
  const place = (i: number) => [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
  return mask.map((_, i) =>
    mask.reduce((least, isInside, j) => {
      if (!isInside) return least;
      const [p, q] = [place(i), place(j)];
      return Math.min(
        least,
        p.reduce((sum, at, axis) => sum + ((at - q[axis]) * spacingMm[axis]) ** 2, 0),
      );
    }, Infinity),
  );
}

describe("squaredDistances", () => {
  it("are those of the slow way, on any mask and spacing", () =>
    fc.assert(
      fc.property(grids, (drawn) => {
        const found = squaredDistances((i) => drawn.mask[i], drawn);
        const expected = slowly(drawn);
        for (const [i, value] of found.entries())
          assert.ok(value === expected[i] || Math.abs(value - expected[i]) < 1e-9, `${value}, expected ${expected[i]}`);
      }),
      { numRuns: 300 },
    ));
});

describe("signedDistancesInto", () => {
  it("grows outwards and falls inwards: a run of three in seven voxels of 2 mm", () => {
    const output = new Float32Array(7);
    signedDistancesInto(output, (i) => i >= 2 && i <= 4, { shape: [1, 1, 7], spacingMm: [1, 1, 2] });
    assert.deepEqual([...output], [4, 2, -2, -4, -2, 2, 4]);
  });

  it("is 0 for a class that is nowhere, and for one that is everywhere", () => {
    for (const value of [true, false]) {
      const output = new Float32Array(8).fill(9);
      signedDistancesInto(output, () => value, { shape: [2, 2, 2], spacingMm: [1, 1, 1] });
      assert.deepEqual([...output], new Array(8).fill(0));
    }
  });
});
