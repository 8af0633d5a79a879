import { strict as assert } from "node:assert";
import fc from "fast-check";
import { permutationTest } from "../../../../pipeline/evaluate/statistics/permutation.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertClose } from "../../../support/numbers.ts";

const DISTINCT = [0.031, 0.012, -0.004, 0.052, 0.025, -0.018, 0.007, 0.044, 0.039, -0.001, 0.021];
const random = randomFrom("permutation");
const single = (differences: readonly number[]) => differences.map((difference) => [difference]);

describe("permutationTest", () => {
  it("gives SciPy's exact p values of eleven differences, on either side", () => {
    // x = np.array(DISTINCT); permutation_test((x, 0 * x), lambda a, b: (a - b).mean(), permutation_type="samples",
    // n_resamples=1e6, vectorized=False, alternative=a).pvalue for "two-sided" and "greater", SciPy 1.10.1
    const { pValue, method } = permutationTest(single(DISTINCT), { random });
    assert.deepEqual([pValue, method], [0.0205078125, "exact"]);
    const { pValue: greater } = permutationTest(single(DISTINCT), { alternative: "greater", random });
    assert.equal(greater, 0.01025390625);
  });

  it("flips a patient's cases together: three patients of two cases have 8 patterns, not 64", () => {
    const patients = [
      [0.1, 0.2],
      [0.3, 0.1],
      [0.05, 0.25],
    ];
    // All positive: only all signs and no sign reach as far, 2 of 8.
    assert.equal(permutationTest(patients, { random }).pValue, 2 / 8);
    assert.equal(permutationTest(single(patients.flat()), { random }).pValue, 2 / 64);
  });

  it("gives the mean over cases, not over patients", () => {
    assertClose(permutationTest([[1, 1, 1], [5]], { random }).meanDifference, 2, { abs: 1e-15 });
  });

  it("takes sums that differ by rounding as equal: 0.1, 0.2 and -0.3 are as far out as nothing", () => {
    assert.equal(permutationTest(single([0.1, 0.2, -0.3]), { random }).pValue, 1);
  });

  it("draws signs beyond fourteen patients: (b + 1) / (m + 1), near the exact share, the same for a seed", () => {
    const many = [...DISTINCT, 0.003, -0.012, 0.009, 0.002];
    const draw = (seed: number) =>
      permutationTest(single(many), { random: randomFrom(seed), resamples: 20_000, alternative: "greater" });
    const { pValue, method } = draw(1);
    assert.equal(method, "monte-carlo");
    const asFar = pValue * 20_001 - 1;
    assertClose(asFar, Math.round(asFar), { abs: 1e-6 });
    const exact = shareAbove(many);
    assertClose(pValue, exact, { abs: 4 * Math.sqrt((exact * (1 - exact)) / 20_000) });
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
  });

  it("flips seventy patients independently: 42 ones against 28 are as rare as so many heads", () => {
    // scipy.stats.binom.sf(41, 70, 0.5), SciPy 1.10.1
    const exact = 0.059804667814942467;
    const ones = Array.from({ length: 70 }, (_, n) => (n % 5 < 3 ? 1 : -1));
    const { pValue } = permutationTest(single(ones), { alternative: "greater", random, resamples: 20_000 });
    assertClose(pValue, exact, { abs: 4 * Math.sqrt((exact * (1 - exact)) / 20_000) });
  });

  it("never gives a p of 0: one draw more than were made is the least", () => {
    const { pValue } = permutationTest(single(Array.from({ length: 40 }, (_, n) => 1 + n)), { random, resamples: 99 });
    assert.equal(pValue, 1 / 100);
  });

  it("leaves NaN out, and a patient with nothing else", () => {
    const own = permutationTest([[0.1, 0.2], [0.3]], { random });
    assert.deepEqual(permutationTest([[0.1, Number.NaN, 0.2], [Number.NaN], [0.3]], { random }), own);
  });

  it("has no p without differences, and one of 1 where all are 0", () => {
    assert.equal(permutationTest([], { random }).pValue, Number.NaN);
    assert.equal(permutationTest(single([0, 0]), { random }).pValue, 1);
  });

  it("does not depend on the order of patients, and swaps sides when all signs are turned", () => {
    const patients = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(patients, (units) => {
        const { pValue } = permutationTest(units, { alternative: "greater", random });
        assert.equal(permutationTest(units.toReversed(), { alternative: "greater", random }).pValue, pValue);
        const turned = units.map((unit) => unit.map((difference) => -difference));
        assert.equal(permutationTest(turned, { alternative: "less", random }).pValue, pValue);
      }),
    );
  });
});

/** Share of all signs with a sum at least as great as the one found. */
function shareAbove(differences: readonly number[]): number {
  const thousandths = differences.map((difference) => Math.round(1000 * difference));
  const found = thousandths.reduce((sum, each) => sum + each, 0);
  let asFar = 0;
  for (let signs = 0; signs < 2 ** thousandths.length; signs++)
    if (thousandths.reduce((sum, each, bit) => ((signs >> bit) & 1 ? sum - each : sum + each), 0) >= found) asFar++;
  return asFar / 2 ** thousandths.length;
}
