import { strict as assert } from "node:assert";
import fc from "fast-check";
import { bootstrapInterval, correctedTails } from "../../../../pipeline/evaluate/statistics/bootstrap.ts";
import { meanOverCases } from "../../../../pipeline/evaluate/statistics/by-patient.ts";
import { meanOf } from "../../../../pipeline/evaluate/statistics/describe.ts";
import { ConfigError } from "../../../../pipeline/volume/errors.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";

const DICE = [0.52, 0.61, 0.33, 0.85, 0.12, 0.74, 0.95, 0.48, 0.66, 0.29, 0.05, 0.88];

/** Neurologically impaired children's scores of test A, Efron and Tibshirani 1993, table 14.1. */
const SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

describe("bootstrapInterval", () => {
  it("gives the 90 % intervals of a variance that Efron and Tibshirani print", () => {
    // BCa 115.8 to 259.6, percentile 100.8 to 233.9, from 2000 resamples (1993, table 14.2); the numbers below are of
    // bootstrap((A,), np.var, n_resamples=400000, confidence_level=0.9, method=m, random_state=1), SciPy 1.10.1
    const options = { level: 0.9, resamples: 40_000, random: randomFrom(1) };
    const bca = bootstrapInterval(SPATIAL, variance, options);
    assertClose(bca.value, 171.5, { abs: 0.05 });
    assertAllClose([bca.low, bca.high], [115.504, 261.12], { abs: 1.5 });
    const percentile = bootstrapInterval(SPATIAL, variance, { ...options, method: "percentile" });
    assertAllClose([percentile.low, percentile.high], [97.716, 235.71], { abs: 1.5 });
  });

  it("gives SciPy's BCa interval of a mean, within what chance leaves of 40,000 resamples", () => {
    // bootstrap((DICE,), np.mean, n_resamples=200000, method="BCa", random_state=1).confidence_interval, SciPy 1.10.1
    const { low, high } = bootstrapInterval(DICE, meanOf, { resamples: 40_000, random: randomFrom(2) });
    assertAllClose([low, high], [0.370833, 0.6925], { abs: 0.004 });
  });

  it("draws patients, not cases: copies of a case widen no certainty", () => {
    const once = DICE.map((value) => [value]);
    const thrice = DICE.map((value) => [value, value, value]);
    const intervalOf = (patients: readonly (readonly number[])[]) =>
      bootstrapInterval(patients, meanOverCases, { random: randomFrom(3) });
    const [own, copied] = [intervalOf(once), intervalOf(thrice)];
    assertAllClose([copied.low, copied.high], [own.low, own.high], { abs: 1e-12 });
  });

  it("gives the same interval for the same seed, and another for another", () => {
    const draw = (seed: number) => bootstrapInterval(DICE, meanOf, { random: randomFrom(seed), resamples: 200 });
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });

  it("has no width where all units are equal", () => {
    const { value, low, high, method } = bootstrapInterval([0.1, 0.1, 0.1, 0.1], meanOf, { random: randomFrom(4) });
    assert.deepEqual([value, low, high, method], [0.1, 0.1, 0.1, "bca"]);
  });

  it("has no ends with fewer than two units or without the statistic", () => {
    for (const units of [[], [0.4]]) {
      const { low, high, method, resamples } = bootstrapInterval(units, meanOf, { random: randomFrom(5) });
      assert.deepEqual([low, high, method, resamples], [Number.NaN, Number.NaN, "none", 0]);
    }
    const { value, low, method } = bootstrapInterval(DICE, () => Number.NaN, { random: randomFrom(5) });
    assert.deepEqual([value, low, method], [Number.NaN, Number.NaN, "none"]);
  });

  it("falls back to the percentile interval where all resamples lie below the statistic", () => {
    let calls = 0;
    const firstIsGreatest = (units: readonly number[]) => (calls++ === 0 ? 10 : meanOf(units));
    const { method, low, high } = bootstrapInterval(DICE, firstIsGreatest, { random: randomFrom(6) });
    assert.equal(method, "percentile");
    assert.ok(low < high && high < 1);
  });

  it("leaves out and counts resamples that lack the statistic", () => {
    const withFirst = (units: readonly number[]) => (units.includes(DICE[0]) ? meanOf(units) : Number.NaN);
    const { resamples, method, low, high } = bootstrapInterval(DICE, withFirst, { random: randomFrom(8) });
    // The first of 12 units is missing from (11 / 12) ** 12 = 35.2 % of resamples, and from one jackknife sample.
    assertClose(resamples, 2000 * (1 - (11 / 12) ** 12), { rel: 0.06 });
    assert.equal(method, "percentile");
    assert.ok(low < high);
  });

  it("refuses a level of 95 by name", () => {
    assert.throws(
      () => bootstrapInterval(DICE, meanOf, { level: 95, random: randomFrom(1) }),
      (error) =>
        error instanceof ConfigError &&
        error.message === "level: expected a share between 0 and 1, got 95. Write 95 % as 0.95.",
    );
  });

  it("holds the mean of symmetric values, and lies within their range", () => {
    const halves = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(halves, fc.integer(), (half, seed) => {
        const values = half.flatMap((value) => [value, -value]);
        const { value, low, high } = bootstrapInterval(values, meanOf, { random: randomFrom(seed), resamples: 400 });
        assert.ok(low <= value && value <= high, `${low} ${value} ${high}`);
        assert.ok(Math.max(...half) >= high && -Math.max(...half) <= low);
      }),
      { numRuns: 50 },
    );
  });

  it("holds the truth in 92.9 % of normal samples of 20, as theory says of 95 % intervals by resampling @slow", () => {
    // Such an interval is about the mean +- 1.96 times the deviation that is divided by n, not n - 1:
    // 2 * stats.t.cdf(1.96 * np.sqrt(19 / 20), 19) - 1 = 0.9287, SciPy 1.10.1
    const held = coverage({ samples: 2000, draw: ({ normal }) => normal(), truth: 0 });
    assertClose(held.bca, 0.9287, { abs: 3 * Math.sqrt((0.9287 * 0.0713) / 2000) + 0.005 });
  });

  it("misses skewed means less unevenly by BCa than by percentiles @slow", () => {
    const exponential = {
      samples: 2000,
      draw: ({ uniform }: { uniform: () => number }) => -Math.log(1 - uniform()),
      truth: 1,
    };
    const { bca, percentile, bcaBelow, percentileBelow } = coverage(exponential);
    assert.ok(bca > percentile, `BCa holds ${bca}, percentile ${percentile}`);
    // The upper end is the one that is too low.
    assert.ok(bcaBelow < percentileBelow, `BCa lies below in ${bcaBelow}, percentile in ${percentileBelow}`);
  });
});

describe("correctedTails", () => {
  it("gives the shares that SciPy's _bca_interval gives for the same resamples", () => {
    // d = np.array([3, 1, 4, 1, 5, 9, 2, 6.]); theta = np.array(drawn);
    // scipy.stats._resampling._bca_interval((d,), lambda x, axis: x.mean(axis=axis), -1, 0.025, theta, None), 1.10.1
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const drawn = Float64Array.of(3.875, 3.5, 3.875, 4, 3.875, 3.5, 3.875, 3.5, 4.25, 3.875, 5, 2.5);
    const jackknife = values.map((_, out) => meanOf(values.filter((_, index) => index !== out)));
    const tails = correctedTails([0.025, 0.975], { drawn, value: meanOf(values), jackknife });
    assertAllClose(tails, [0.05214811344103958, 0.9906621724744793], { abs: 1e-9 });
  });
});

/** Of the population. */
function variance(values: readonly number[]): number {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
}

interface Study {
  readonly samples: number;
  readonly draw: (random: { readonly normal: () => number; readonly uniform: () => number }) => number;
  readonly truth: number;
}

/** Shares of samples of 20 whose interval holds the true mean, and whose interval lies below it. */
function coverage({ samples, draw, truth }: Study) {
  const random = randomFrom("coverage");
  const shares = { bca: 0, percentile: 0, bcaBelow: 0, percentileBelow: 0 };
  for (let sample = 0; sample < samples; sample++) {
    const values = Array.from({ length: 20 }, () => draw(random));
    for (const method of ["bca", "percentile"] as const) {
      const options = { method, resamples: 1000, random: random.fork(`resamples ${sample}`) };
      const { low, high } = bootstrapInterval(values, meanOf, options);
      if (low <= truth && truth <= high) shares[method] += 1 / samples;
      if (high < truth) shares[`${method}Below`] += 1 / samples;
    }
  }
  return shares;
}
