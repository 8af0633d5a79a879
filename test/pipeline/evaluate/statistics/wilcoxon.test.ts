import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { ZeroRule } from "../../../../pipeline/evaluate/statistics/signed-ranks.ts";
import { type Alternative, wilcoxon } from "../../../../pipeline/evaluate/statistics/wilcoxon.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";
import { scipy } from "../../../support/scipy.ts";
import { requireValidator } from "../../../support/validators.ts";

const DISTINCT = [0.031, 0.012, -0.004, 0.052, 0.025, -0.018, 0.007, 0.044, 0.039, -0.001, 0.021];
const TIED = [0, 2, -1, 1, 3, -2, 0, 4, 2, -1, 5, 0, 6, -3, 2, 7, 8, -1, 4, 3];
const alternatives: readonly Alternative[] = ["two-sided", "greater", "less"];
const zeroRules: readonly ZeroRule[] = ["wilcox", "pratt"];

describe("wilcoxon", () => {
  it("gives SciPy's exact p values of eleven distinct differences", () => {
    // [wilcoxon(DISTINCT, alternative=a, mode="exact").pvalue for a in ("two-sided", "greater", "less")], SciPy 1.10.1
    const found = alternatives.map((alternative) => wilcoxon(DISTINCT, { alternative }));
    assert.deepEqual(
      found.map(({ pValue }) => pValue),
      [0.0244140625, 0.01220703125, 0.99072265625],
    );
    const { positiveSum, negativeSum, count, method } = found[0];
    assert.deepEqual([positiveSum, negativeSum, count, method], [58, 8, 11, "exact"]);
  });

  it("gives the p of R's help page: depression scores of nine patients, V = 40, p = 0.01953", () => {
    // R's example(wilcox.test), from Hollander and Wolfe 1973, p. 29
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const { pValue, positiveSum } = wilcoxon(
      before.map((value, index) => value - after[index]),
      { alternative: "greater" },
    );
    assert.deepEqual([positiveSum, pValue], [40, 10 / 512]);
  });

  it("gives SciPy's normal p values with ties and zeros, by either rule", () => {
    // [wilcoxon(TIED, zero_method=z, alternative=a, mode="approx", correction=True).pvalue for z in ("wilcox", "pratt")
    //  for a in ("two-sided", "greater", "less")], SciPy 1.10.1
    const found = zeroRules.flatMap((zeros) =>
      alternatives.map((alternative) => wilcoxon(TIED, { zeros, alternative, method: "normal" }).pValue),
    );
    const ofWilcox = [0.013502013912976833, 0.006751006956488417, 0.9940946575340966];
    const ofPratt = [0.019071052443589292, 0.009535526221794646, 0.991382257983722];
    assertAllClose(found, [...ofWilcox, ...ofPratt], { rel: 1e-12 });
  });

  it("is exact with ties and zeros: the shares of all signs, tried one by one", () => {
    for (const zeros of zeroRules)
      for (const alternative of alternatives) {
        const { pValue, method } = wilcoxon(TIED, { zeros, alternative });
        assert.equal(method, "exact");
        assertClose(pValue, shareOfSigns(TIED, { zeros, alternative }), { abs: 1e-12 });
      }
  });

  it("gives SciPy's p values for random differences of every length, rule and side", function () {
    requireValidator(this, "scipy");
    const cases = randomCases();
    const expected = scipy(
      `
from scipy import stats
result = [stats.wilcoxon(c["values"], zero_method=c["zeros"], alternative=c["alternative"],
          mode=c["method"].replace("normal", "approx"), correction=True).pvalue for c in data]`,
      cases,
    );
    const found = cases.map(({ values, ...options }) => wilcoxon(values, options).pValue);
    assertAllClose(found, expected, { rel: 1e-9 });
  });

  it("turns to the normal distribution beyond a hundred pairs, close to the exact one there", () => {
    const { normal } = randomFrom("large");
    const values = Array.from({ length: 101 }, () => normal() + 0.15);
    const { pValue, method } = wilcoxon(values);
    assert.equal(method, "normal");
    assertClose(pValue, wilcoxon(values, { method: "exact" }).pValue, { rel: 0.02 });
  });

  it("has a p of 1 when no pair differs, and none without pairs", () => {
    for (const method of ["exact", "normal"] as const) {
      assert.equal(wilcoxon([0, 0, 0], { method }).pValue, 1);
      assert.equal(wilcoxon([], { method }).pValue, Number.NaN);
    }
    assert.equal(wilcoxon([0, 0, 0]).zeroCount, 3);
  });

  it("leaves NaN out", () => {
    assert.deepEqual(wilcoxon([...DISTINCT, Number.NaN]), wilcoxon(DISTINCT));
  });

  it("does not depend on the order, and swaps sides when all signs are turned", () => {
    const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(values, fc.constantFrom(...zeroRules), (differences, zeros) => {
        const { pValue } = wilcoxon(differences, { zeros, alternative: "greater" });
        assertClose(wilcoxon(differences.toReversed(), { zeros, alternative: "greater" }).pValue, pValue, {
          abs: 1e-12,
        });
        const turned = differences.map((difference) => -difference);
        assertClose(wilcoxon(turned, { zeros, alternative: "less" }).pValue, pValue, { abs: 1e-12 });
      }),
    );
  });
});

/** Exact p value by trying all signs: ranks counted by hand, sums compared. */
function shareOfSigns(
  differences: readonly number[],
  { zeros, alternative }: { readonly zeros: ZeroRule; readonly alternative: Alternative },
): number {
  const ranked = differences.filter((value) => zeros === "pratt" || value !== 0);
  const rankOf = (value: number) =>
    (ranked.filter((other) => Math.abs(other) < Math.abs(value)).length +
      ranked.filter((other) => Math.abs(other) <= Math.abs(value)).length +
      1) /
    2;
  const kept = ranked.filter((value) => value !== 0);
  const ranks = kept.map(rankOf);
  const found = ranks.reduce((sum, rank, index) => (kept[index] > 0 ? sum + rank : sum), 0);
  let [above, below] = [0, 0];
  for (let signs = 0; signs < 2 ** ranks.length; signs++) {
    let sum = 0;
    for (let bit = 0; bit < ranks.length; bit++) if ((signs >> bit) & 1) sum += ranks[bit];
    if (sum >= found) above++;
    if (sum <= found) below++;
  }
  const all = 2 ** ranks.length;
  if (alternative !== "two-sided") return (alternative === "greater" ? above : below) / all;
  return Math.min(1, (2 * Math.min(above, below)) / all);
}

function randomCases() {
  const random = randomFrom("wilcoxon");
  const tied = [12, 25, 60, 140].flatMap((length) =>
    zeroRules.flatMap((zeros) =>
      alternatives.map((alternative) => ({
        values: Array.from({ length }, () => random.integer(-6, 8)),
        zeros,
        alternative,
        method: "normal" as const,
      })),
    ),
  );
  const distinct = [1, 2, 5, 13, 30, 50].flatMap((length) =>
    alternatives.map((alternative) => ({
      values: Array.from({ length }, () => random.normal() + 0.3),
      zeros: "wilcox" as const,
      alternative,
      method: "exact" as const,
    })),
  );
  return [...tied, ...distinct];
}
