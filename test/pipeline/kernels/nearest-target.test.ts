import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { neighbourhoodOf, visitNearby } from "../../../pipeline/kernels/nearby-target.ts";
import { visitNearest } from "../../../pipeline/kernels/nearest-target.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { assertAllClose } from "../../support/numbers.ts";
import { type DrawnPair, maskPairs } from "../../support/scored-masks.ts";

const indicesIn = (mask: ArrayLike<number>) =>
  Uint32Array.from(Array.from(mask).flatMap((value, i) => (value === 1 ? [i] : [])));

/** Every query against every target. */
function slowNearest({ prediction, reference, shape, spacingMm }: DrawnPair): readonly number[] {
  const [, h, w] = shape;
  const place = (i: number) => [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
  const apart = (i: number, j: number) =>
    Math.hypot(...place(i).map((at, axis) => (at - place(j)[axis]) * spacingMm[axis]));
  return Array.from(indicesIn(prediction), (query) =>
    Array.from(indicesIn(reference), (target) => apart(query, target)).reduce((a, b) => Math.min(a, b), Infinity),
  );
}

const ROUNDING = { rel: 1e-14 };

describe("visitNearest", () => {
  it("finds the distances that every query against every target gives, on any grid and spacing", () =>
    fc.assert(
      fc.property(maskPairs({ longest: 8 }), (pair) => {
        const queries = indicesIn(pair.prediction);
        const found = new Float64Array(queries.length).fill(Number.NaN);
        visitNearest(pair, { queries, targets: indicesIn(pair.reference) }, (query, distanceMm) => {
          found[query] = distanceMm;
        });
        assertAllEqualOrClose(found, slowNearest(pair));
      }),
      { numRuns: 150 },
    ));

  it("finds [2, 1, 2] steps of [3, 2, 1] mm to be the square root of 36 + 4 + 4 mm away, and nothing to be endlessly far", () => {
    const grid = { shape: [5, 3, 7] as Triple, spacingMm: [3, 2, 1] as Triple };
    const indexOf = ([d, h, w]: Triple) => (d * 3 + h) * 7 + w;
    const distances: number[] = [];
    const visit = (_: number, distanceMm: number) => distances.push(distanceMm);
    const queries = Uint32Array.of(indexOf([1, 0, 4]));
    visitNearest(grid, { queries, targets: Uint32Array.of(indexOf([3, 1, 6])) }, visit);
    visitNearest(grid, { queries, targets: new Uint32Array(0) }, visit);
    assert.deepEqual(distances, [Math.sqrt(44), Infinity]);
  });
});

describe("visitNearby", () => {
  it("finds the true distance of every query, or leaves it to others", () =>
    fc.assert(
      fc.property(maskPairs({ longest: 8 }), fc.integer({ min: 1, max: 30 }), (pair, scale) => {
        // A coarser neighbourhood than the grid would have: as for sides that are longer.
        const sides = pair.shape.map((side) => side * scale) as unknown as Triple;
        const nearby = neighbourhoodOf(sides, pair.spacingMm);
        const padded = withBorder(pair, nearby.reach);
        const found = new Map<number, number>();
        const left = visitNearby({ ...padded, nearby }, { target: 2, queries: padded.queries }, (query, step) =>
          found.set(query, nearby.lengthsMm[step]),
        );
        const expected = slowNearest(pair);
        assert.equal(found.size + left.length, expected.length);
        for (const [query, distance] of found) assertAllClose([distance], [expected[query]], ROUNDING);
        const longest = nearby.lengthsMm[nearby.lengthsMm.length - 1];
        const isPatient = padded.marks.length > nearby.steps.length * expected.length;
        if (isPatient) for (const query of left) assert.ok(expected[query] > longest * (1 - 1e-12));
      }),
    ));

  it("gives up on a grid full of queries that have nothing near", () => {
    const nearby = neighbourhoodOf([40, 40, 40], [1, 1, 1]);
    const [, , reach] = nearby.reach;
    const side = 4 + 2 * reach;
    const marks = new Uint8Array(side ** 3);
    const queries = new Uint32Array(1000).fill((reach * side + reach) * side + reach);
    const left = visitNearby({ marks, shape: [side, side, side], nearby }, { target: 2, queries }, () =>
      assert.fail("there is no target"),
    );
    assert.equal(left.length, 1000);
  });
});

describe("neighbourhoodOf", () => {
  it("leaves out no step that is shorter than its longest, and no longer one than the grid's sides", () =>
    fc.assert(
      fc.property(maskPairs(), fc.integer({ min: 1, max: 30 }), ({ shape, spacingMm }, scale) => {
        const sides = shape.map((side) => side * scale) as unknown as Triple;
        const { steps, lengthsMm, reach } = neighbourhoodOf(sides, spacingMm);
        const longest = lengthsMm[lengthsMm.length - 1];
        assert.deepEqual(steps[0].map(Math.abs), [0, 0, 0]);
        assert.ok(lengthsMm.every((length, n) => n === 0 || length >= lengthsMm[n - 1]));
        assert.ok(reach.every((side, axis) => side < sides[axis]));
        const inside = new Set(steps.map(String));
        const limits = sides.map((side, axis) => Math.min(side - 1, Math.ceil(longest / spacingMm[axis])));
        for (let d = 0; d <= limits[0]; d++)
          for (let h = 0; h <= limits[1]; h++)
            for (let w = 0; w <= limits[2]; w++)
              if (Math.hypot(d * spacingMm[0], h * spacingMm[1], w * spacingMm[2]) < longest * (1 - 1e-12))
                assert.ok(inside.has(String([d, h, w])), `step ${[d, h, w]} is there`);
      }),
      { numRuns: 30 },
    ));
});

/** Queries as indices, targets as bits of 2, with empty voxels around. */
function withBorder({ prediction, reference, shape }: DrawnPair, border: Triple) {
  const wide = shape.map((side, axis) => side + 2 * border[axis]) as unknown as Triple;
  const marks = new Uint8Array(wide[0] * wide[1] * wide[2]);
  const queries: number[] = [];
  for (let d = 0, i = 0; d < shape[0]; d++)
    for (let h = 0; h < shape[1]; h++)
      for (let w = 0; w < shape[2]; w++, i++) {
        const at = ((d + border[0]) * wide[1] + h + border[1]) * wide[2] + w + border[2];
        if (reference[i] === 1) marks[at] = 2;
        if (prediction[i] === 1) queries.push(at);
      }
  return { marks, shape: wide, queries: Uint32Array.from(queries) };
}

function assertAllEqualOrClose(found: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < expected.length; i++)
    if (expected[i] === Infinity) assert.equal(found[i], Infinity);
    else assertAllClose([found[i]], [expected[i]], ROUNDING);
}
