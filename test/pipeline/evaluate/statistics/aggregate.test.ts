import { strict as assert } from "node:assert";
import type { Score } from "../../../../pipeline/evaluate/scores.ts";
import { aggregate } from "../../../../pipeline/evaluate/statistics/aggregate.ts";
import { ConfigError } from "../../../../pipeline/volume/errors.ts";
import { assertClose } from "../../../support/numbers.ts";

/** Scores of some classes, the first value that of case 0. */
function scoresOf(table: Readonly<Record<string, readonly number[]>>, metric = "dice"): readonly Score[] {
  return Object.entries(table).flatMap(([label, values]) =>
    values.map((value, index) => ({ case: `case ${index}`, label, metric, value })),
  );
}

const { NaN: none } = Number;
const ORGANS = scoresOf({ liver: [0.9, 0.96, 0.93], duct: [0.05, none, 0.55], stent: [none, none, none] });

describe("aggregate", () => {
  it("describes each class by its defined scores", () => {
    const found = aggregate(ORGANS).classes.map(({ label, description: { count, undefinedCount, mean } }) => {
      return [label, count, undefinedCount, Number(mean.toFixed(12))];
    });
    assert.deepEqual(found, [
      ["liver", 3, 0, 0.93],
      ["duct", 2, 1, 0.3],
      ["stent", 0, 3, none],
    ]);
  });

  it("means classes alike, or by their frequencies: (0.93 + 0.3) / 2, (0.9 * 0.93 + 0.1 * 0.3) / 1", () => {
    const frequencies = new Map(Object.entries({ liver: 0.9, duct: 0.1, stent: 0.3 }));
    const { macroMean, weightedMean } = aggregate(ORGANS, { frequencies });
    assertClose(macroMean, 0.615, { abs: 1e-12 });
    assertClose(weightedMean, 0.867, { abs: 1e-12 });
    assert.equal(aggregate(ORGANS).weightedMean, none);
  });

  it("says which classes have no defined score, and what they did to the means", () => {
    const macroMeans = (["left-out", "as-zero", "makes-undefined"] as const).map((undefinedClasses) => {
      const found = aggregate(ORGANS, { undefinedClasses });
      assert.deepEqual([found.undefinedClasses, found.undefinedClassRule], [["stent"], undefinedClasses]);
      return Number(found.macroMean.toFixed(12));
    });
    assert.deepEqual(macroMeans, [0.615, 0.41, none]);
  });

  it("finds the worst class by the metric's own direction", () => {
    assert.equal(aggregate(ORGANS).worstClass?.label, "duct");
    const distances = scoresOf({ liver: [2, 3], duct: [9, none] }, "hd95");
    assert.deepEqual(aggregate(distances).worstClass, { label: "duct", mean: 9 });
    const biases = scoresOf({ liver: [-4, -2], duct: [1, 2] }, "volume-difference");
    assert.equal(aggregate(biases).worstClass?.label, "liver");
  });

  it("takes the mean of a case's defined scores for its value", () => {
    const { description } = aggregate(ORGANS).cases;
    // (0.9 + 0.05) / 2, 0.96, (0.93 + 0.55) / 2
    assertClose(description.min, 0.475, { abs: 1e-12 });
    assertClose(description.median, 0.74, { abs: 1e-12 });
    assert.deepEqual([description.count, description.undefinedCount], [3, 0]);
  });

  it("means the worst tenth of the values, rounded up: 1 of 10, 2 of 11", () => {
    const ten = [0.9, 0.8, 0.7, 0.2, 0.6, 0.5, 0.95, 0.85, 0.75, 0.65];
    assert.equal(aggregate(scoresOf({ liver: ten })).classes[0].worstDecile, 0.2);
    assertClose(aggregate(scoresOf({ liver: [...ten, 0.4, none] })).classes[0].worstDecile, 0.3, { abs: 1e-12 });
    assert.equal(aggregate(scoresOf({ liver: [1, 7, 3] }, "hd95")).cases.worstDecile, 7);
  });

  it("counts Dice below 0.1 as a failure, 0.1 not, NaN neither way", () => {
    const scores = scoresOf({ duct: [0.05, 0.1, none, 0.3, 0.09] });
    assert.equal(aggregate(scores).classes[0].failureRate, 2 / 4);
    assert.equal(aggregate(scores, { failureThreshold: 0.31 }).classes[0].failureRate, 1);
  });

  it("has no failures of other metrics until it is told a threshold, from which they go the metric's way", () => {
    const distances = scoresOf({ duct: [1, 30, 50] }, "hd95");
    assert.equal(aggregate(distances).classes[0].failureRate, none);
    assert.equal(aggregate(distances, { failureThreshold: 20 }).classes[0].failureRate, 2 / 3);
  });

  it("has neither a worst end nor failures of a metric that is better neither way", () => {
    const { worstClass, cases } = aggregate(scoresOf({ duct: [0.1, 0.2] }, "prevalence"), { failureThreshold: 1 });
    assert.deepEqual([worstClass, cases.worstDecile, cases.failureRate], [undefined, none, none]);
  });

  it("is all NaN of no scores", () => {
    const { classes, macroMean, worstClass, cases } = aggregate([]);
    assert.deepEqual([classes, macroMean, worstClass, cases.worstDecile], [[], none, undefined, none]);
  });

  it("refuses two metrics, an unknown one without a direction, and a class without frequency, by name", () => {
    const mixed = [...ORGANS, ...scoresOf({ liver: [1] }, "hd95")];
    assert.throws(() => aggregate(mixed), problem("E_ONE_METRIC", "dice, hd95"));
    const own = scoresOf({ liver: [1] }, "smoothness");
    assert.throws(() => aggregate(own), problem("E_METRIC", "smoothness"));
    assert.equal(aggregate(own, { better: "higher" }).macroMean, 1);
    const frequencies = new Map([["liver", 1]]);
    assert.throws(() => aggregate(ORGANS, { frequencies }), problem("E_FREQUENCY", "none for duct"));
  });
});

function problem(code: string, got: string) {
  return (error: unknown) => error instanceof ConfigError && error.problem.code === code && error.problem.got === got;
}
