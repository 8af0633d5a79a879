import { strict as assert } from "node:assert";
import fc from "fast-check";
import { hodgesLehmann } from "../../../../pipeline/evaluate/statistics/hodges-lehmann.ts";
import { wilcoxon } from "../../../../pipeline/evaluate/statistics/wilcoxon.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";

describe("hodgesLehmann", () => {
  it("gives Hollander and Wolfe's shift 0.46 and interval 0.010 to 0.786 of nine depression scores", () => {
    // Hollander and Wolfe 1973, examples 3.1 to 3.4: 96.1 %, the exact level next above 95 %
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const { shift, low, high } = hodgesLehmann(before.map((value, index) => value - after[index]));
    assertAllClose([shift, low, high], [0.46, 0.01, 0.786], { abs: 1e-12 });
  });

  it("counts off what tables of critical sums say: 8 pair means for 10 differences, 52 for 20, 434 for 50", () => {
    // Two-sided 5 %: critical sums 8, 52, 434 (Wilcoxon and Wilcox 1964)
    for (const [count, critical] of [
      [10, 8],
      [20, 52],
      [50, 434],
    ]) {
      const values = Array.from({ length: count }, (_, n) => 1.5 ** n);
      const means = values.flatMap((own, n) => values.slice(n).map((other) => (own + other) / 2));
      const sorted = Float64Array.from(means).sort();
      const { low, high } = hodgesLehmann(values);
      assert.deepEqual([low, high], [sorted[critical], sorted[sorted.length - 1 - critical]]);
    }
  });

  it("is the range where differences are too few for the level", () => {
    assert.deepEqual(hodgesLehmann([0.1, 0.4, 0.2]), { shift: 0.225, low: 0.1, high: 0.4 });
  });

  it("has no ends without differences, and no width where all are equal", () => {
    assert.deepEqual(hodgesLehmann([]), { shift: Number.NaN, low: Number.NaN, high: Number.NaN });
    assert.deepEqual(hodgesLehmann([0.2, Number.NaN, 0.2]), { shift: 0.2, low: 0.2, high: 0.2 });
  });

  it("holds exactly the shifts that Wilcoxon's test does not refuse", () => {
    const differences = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 7, maxLength: 30 });
    fc.assert(
      fc.property(differences, (values) => {
        const { low, high } = hodgesLehmann(values);
        const pAt = (shift: number) => wilcoxon(values.map((value) => value - shift)).pValue;
        // An irrational step keeps the shift off every pair mean, so that there are neither ties nor zeros.
        const step = Math.SQRT2 / 1000;
        assert.ok(pAt(low - step) <= 0.05 && pAt(low + step) > 0.05);
        assert.ok(pAt(high + step) <= 0.05 && pAt(high - step) > 0.05);
      }),
    );
  });

  it("turns to the normal count beyond a hundred differences, next to the exact one", () => {
    const { normal } = randomFrom("shift");
    const values = Array.from({ length: 101 }, () => normal());
    const [own, fewer] = [hodgesLehmann(values), hodgesLehmann(values.slice(1))];
    assertClose(own.high - own.low, fewer.high - fewer.low, { rel: 0.05 });
    assert.ok(own.low < own.shift && own.shift < own.high);
  });
});
