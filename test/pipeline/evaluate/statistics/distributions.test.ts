import { strict as assert } from "node:assert";
import fc from "fast-check";
import { normalBelow, normalQuantile } from "../../../../pipeline/evaluate/statistics/distributions.ts";
import { assertClose } from "../../../support/numbers.ts";

describe("normalBelow", () => {
  it("gives scipy.stats.norm.cdf to ten digits, far into the tail", () => {
    // [stats.norm.cdf(z) for z in (-20, -8, -5.5, -5, -1, 0, 3)], SciPy 1.10.1
    const expected: readonly (readonly [number, number])[] = [
      [-20, 2.7536241186061556e-89],
      [-8, 6.22096057427174e-16],
      [-5.5, 1.898956246588768e-8],
      [-5, 2.866515718791933e-7],
      [-1, 0.15865525393145707],
      [0, 0.5],
      [3, 0.9986501019683699],
    ];
    for (const [z, below] of expected) assertClose(normalBelow(z), below, { rel: 1e-9 });
  });

  it("reaches 0 and 1 at the infinities and keeps NaN", () => {
    assert.deepEqual([-Infinity, Infinity, Number.NaN].map(normalBelow), [0, 1, Number.NaN]);
  });

  it("never falls, across the place where the tail begins too", () => {
    fc.assert(
      fc.property(fc.double({ min: -7, max: -3, noNaN: true }), (z) =>
        assert.ok(normalBelow(z) < normalBelow(z + 1e-4)),
      ),
    );
  });
});

describe("normalQuantile", () => {
  it("gives scipy.stats.norm.ppf", () => {
    // [stats.norm.ppf(p) for p in (1e-6, 0.025, 0.3, 0.975)], SciPy 1.10.1
    const expected: readonly (readonly [number, number])[] = [
      [1e-6, -4.753424308822899],
      [0.025, -1.9599639845400545],
      [0.3, -0.5244005127080409],
      [0.975, 1.959963984540054],
    ];
    for (const [share, z] of expected) assertClose(normalQuantile(share), z, { rel: 1e-9 });
  });

  it("is infinite at 0 and 1, and NaN of NaN", () => {
    assert.deepEqual([0, 1, Number.NaN].map(normalQuantile), [-Infinity, Infinity, Number.NaN]);
  });
});
