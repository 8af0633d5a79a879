import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  cliffsDelta,
  cohensDz,
  effectSizes,
  hedgesGz,
  rankBiserial,
  varghaDelaneyA,
} from "../../../../pipeline/evaluate/statistics/effect-size.ts";
import { assertClose } from "../../../support/numbers.ts";

const DIFFERENCES = [0.031, 0.012, -0.004, 0.052, 0.025, -0.018, 0.007, 0.044, 0.039, -0.001, 0.021];
const FIRST = [0.9, 0.8, 0.85, 0.7, 0.95, 0.8];
const SECOND = [0.6, 0.8, 0.75, 0.9, 0.5];

describe("cohensDz", () => {
  it("is the mean over the deviation", () => {
    // x = np.array(DIFFERENCES); x.mean() / x.std(ddof=1), NumPy 1.24
    assertClose(cohensDz(DIFFERENCES), 0.8640768172871831, { rel: 1e-12 });
  });

  it("is 0 where nothing differs, infinite where all differ by the same, and NaN of one difference", () => {
    assert.deepEqual([cohensDz([0, 0, 0]), cohensDz([0.1, 0.1, 0.1]), cohensDz([0.1])], [0, Infinity, Number.NaN]);
  });
});

describe("hedgesGz", () => {
  it("shrinks dz by gamma(5) / (sqrt(5) gamma(4.5)) for eleven differences", () => {
    // gamma(5) = 24, gamma(4.5) = 3.5 * 2.5 * 1.5 * 0.5 * sqrt(pi); about Hedges' 1 - 3 / (4 * 10 - 1) = 0.923
    const factor = 24 / (Math.sqrt(5) * 3.5 * 2.5 * 1.5 * 0.5 * Math.sqrt(Math.PI));
    assertClose(factor, 1 - 3 / 39, { abs: 1e-3 });
    assertClose(hedgesGz(DIFFERENCES), 0.8640768172871831 * factor, { rel: 1e-12 });
  });

  it("is not defined for two differences, whose factor is 0", () => {
    assert.equal(hedgesGz([0.1, 0.3]), Number.NaN);
  });
});

describe("rankBiserial", () => {
  it("is 58 - 8 over 66 for eleven differences with rank sums 58 and 8", () => {
    assertClose(rankBiserial(DIFFERENCES), 50 / 66, { abs: 1e-15 });
  });

  it("leaves zeros out, is 0 where nothing differs and NaN of nothing", () => {
    assert.deepEqual([rankBiserial([0, 0.2, 0.1]), rankBiserial([0, 0]), rankBiserial([])], [1, 0, Number.NaN]);
  });
});

describe("varghaDelaneyA", () => {
  it("is Mann and Whitney's U over all pairs: 22.5 of 30", () => {
    // stats.mannwhitneyu(FIRST, SECOND).statistic = 22.5, SciPy 1.10.1
    assertClose(varghaDelaneyA(FIRST, SECOND), 22.5 / 30, { abs: 1e-15 });
    assert.equal(varghaDelaneyA(FIRST, []), Number.NaN);
  });
});

describe("cliffsDelta", () => {
  it("counts pairs won less pairs lost, one by one", () => {
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const signs = first.flatMap((own) => second.map((other) => Math.sign(own - other)));
        const expected = signs.reduce<number>((sum, sign) => sum + sign, 0) / signs.length;
        assertClose(cliffsDelta(first, second), expected, { abs: 1e-12 });
      }),
    );
  });
});

describe("effectSizes", () => {
  it("leaves out pairs with a NaN and turns all signs when the methods change places", () => {
    const pairs = FIRST.map((first, n) => ({ first, second: SECOND[n] ?? Number.NaN }));
    const own = effectSizes(pairs);
    const turned = effectSizes(pairs.map(({ first, second }) => ({ first: second, second: first })));
    for (const size of ["cohensDz", "hedgesGz", "rankBiserial", "cliffsDelta"] as const)
      assertClose(turned[size], -own[size], { abs: 1e-12 });
    assertClose(turned.varghaDelaneyA, 1 - own.varghaDelaneyA, { abs: 1e-12 });
    assertClose(turned.hodgesLehmann.low, -own.hodgesLehmann.high, { abs: 1e-12 });
    // Five pairs: 0.3, 0, 0.1, -0.2 and 0.45 differ by 0.13 in the mean.
    assertClose(own.cohensDz, 0.13 / Math.sqrt((0.17 ** 2 + 0.13 ** 2 + 0.03 ** 2 + 0.33 ** 2 + 0.32 ** 2) / 4), {
      rel: 1e-12,
    });
  });
});
