import { strict as assert } from "node:assert";
import { metricsNamed } from "../../../../pipeline/evaluate/metrics/index.ts";
import { metricResults } from "../../../../pipeline/report/analysis/metric-results.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { scoresOf } from "../../../support/small-results.ts";

const options = { baseline: "base", resamples: 200, random: randomFrom(1) };
const ownPatient = (name: string) => name;

describe("metricResults", () => {
  it("compares on the cases that both methods have, and counts the others", () => {
    const scores = [...scoresOf("base", [0.5, 0.5, 0.5]), ...scoresOf("other", [0.75, Number.NaN])];
    const [compared] = metricResults(metric("dice"), scores, { ...options, patientOf: ownPatient }).againstBaseline;
    assert.deepEqual(
      [compared.pairs, compared.unpairedCases, compared.undefinedCases, compared.meanDifference.value],
      [1, ["c3"], ["c2"], 0.25],
    );
  });

  it("takes a patient's cases together: of one patient there is no interval and no test", () => {
    const scores = [...scoresOf("base", [0.5, 0.6, 0.7]), ...scoresOf("other", [0.6, 0.7, 0.8])];
    const results = metricResults(metric("dice"), scores, { ...options, patientOf: () => "the only one" });
    assert.deepEqual(
      results.rows.map(({ mean }) => [mean.low, mean.high]),
      [
        [Number.NaN, Number.NaN],
        [Number.NaN, Number.NaN],
      ],
    );
    // One pair that differs: p = 2 / 2^1.
    assert.equal(results.againstBaseline[0].wilcoxon.pValue, 1);
  });

  it("compares with the best of each class, and adjusts over all classes", () => {
    const constant = (value: number) => Array.from({ length: 6 }, () => value);
    const scores = [
      ...scoresOf("base", constant(0.5)),
      ...scoresOf("other", constant(0.75)),
      ...scoresOf("base", constant(0.5), { label: "rare" }),
      ...scoresOf("other", constant(0.25), { label: "rare" }),
    ];
    const { againstBest } = metricResults(metric("dice"), scores, { ...options, patientOf: ownPatient });
    assert.deepEqual(
      againstBest.map(({ label, first, second, wilcoxon }) => [label, first, second, wilcoxon.holmPValue]),
      [
        // 2 / 2^6 each, twice.
        ["organ", "base", "other", 4 / 64],
        ["rare", "other", "base", 4 / 64],
      ],
    );
  });

  it("takes the shortest distance for the best, and equals for best both", () => {
    const bestOf = (key: string, values: readonly number[]) => {
      const scores = values.flatMap((value, n) => scoresOf(`m${n}`, [value], { metric: key }));
      const { rows } = metricResults(metric(key), scores, { ...options, patientOf: ownPatient });
      return rows.map(({ isBest }) => isBest);
    };
    assert.deepEqual(bestOf("hd95", [3, 2, 4]), [false, true, false]);
    assert.deepEqual(bestOf("dice", [0.5, 0.5, 0.25]), [true, true, false]);
    assert.deepEqual(bestOf("dice", [Number.NaN, Number.NaN]), [false, false]);
  });
});

function metric(key: string) {
  return metricsNamed([key], "test")[0];
}
