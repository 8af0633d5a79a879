import { strict as assert } from "node:assert";
import { type EmptyRule, emptyRules } from "../../../pipeline/evaluate/empty-rule.ts";
import { metricNames } from "../../../pipeline/evaluate/metrics/index.ts";
import { scoresOf } from "../../support/scored-masks.ts";

const shape = [3, 5, 7] as const;
const spacingMm = [3, 2, 1] as const;
const nothing = new Uint8Array(105);
const something = Uint8Array.from(nothing, (_, i) => (i === 40 ? 1 : 0));
const everything = new Uint8Array(105).fill(1);

/** Between the centres of the first and the last voxel. */
const DIAGONAL_MM = Math.hypot(2 * 3, 4 * 2, 6 * 1);

const metrics = ["dice", "precision", "recall", "mcc", "hd95", "nsd", "volume-difference", "lesion-f1", "cl-dice"];

async function valuesBy(emptyRule: EmptyRule, prediction: Uint8Array, reference: Uint8Array) {
  const values = await scoresOf({ prediction, reference, shape, spacingMm }, { metrics, emptyRule });
  return metrics.map((metric) => values[metric]);
}

const { NaN: none } = Number;

describe("empty rules", () => {
  it("nan leaves out what is not defined, and keeps what is", async () => {
    const [inNeither, inPrediction, inReference] = await Promise.all([
      valuesBy("nan", nothing, nothing),
      valuesBy("nan", something, nothing),
      valuesBy("nan", nothing, something),
    ]);
    assert.deepEqual(inNeither, [none, none, none, none, none, none, 0, none, none]);
    assert.deepEqual(inPrediction, [0, 0, none, none, none, 0, 0.006, 0, 0]);
    assert.deepEqual(inReference, [0, none, 0, none, none, 0, -0.006, 0, 0]);
  });

  it("one makes a class in neither mask perfect, and one in a single mask no better than it is", async () => {
    assert.deepEqual(await valuesBy("one", nothing, nothing), [1, 1, 1, 1, 0, 1, 0, 1, 1]);
    assert.deepEqual(await valuesBy("one", something, nothing), await valuesBy("nan", something, nothing));
  });

  it("zero makes shares of a class in neither mask 0 and leaves distances out", async () => {
    assert.deepEqual(await valuesBy("zero", nothing, nothing), [0, 0, 0, 0, none, 0, 0, 0, 0]);
    assert.deepEqual(await valuesBy("zero", nothing, something), await valuesBy("nan", nothing, something));
  });

  it("worst-case gives a class in one mask the worst score, the grid's diagonal for distances", async () => {
    assert.deepEqual(await valuesBy("worst-case", something, nothing), [0, 0, 0, -1, DIAGONAL_MM, 0, 0.006, 0, 0]);
    assert.deepEqual(await valuesBy("worst-case", nothing, something), [0, 0, 0, -1, DIAGONAL_MM, 0, -0.006, 0, 0]);
    assert.deepEqual(await valuesBy("worst-case", nothing, nothing), await valuesBy("nan", nothing, nothing));
  });

  it("leave a class that fills both masks alone: it has no voxel outside, and no fault", async () => {
    for (const emptyRule of Object.keys(emptyRules) as EmptyRule[]) {
      const pair = { prediction: everything, reference: everything, shape, spacingMm };
      const values = await scoresOf(pair, { metrics: ["dice", "specificity", "mcc"], emptyRule });
      assert.deepEqual(values, { dice: 1, specificity: none, mcc: none });
    }
  });

  it("say nothing of calibration where no probabilities were given", async () => {
    for (const emptyRule of Object.keys(emptyRules) as EmptyRule[])
      for (const reference of [nothing, something]) {
        const pair = { prediction: nothing, reference, shape, spacingMm };
        assert.deepEqual(await scoresOf(pair, { metrics: ["ece", "brier"], emptyRule }), { brier: none, ece: none });
      }
  });

  it("never touch a defined value, for any metric", async () => {
    for (const [prediction, reference] of [
      [nothing, something],
      [something, nothing],
      [nothing, nothing],
      [something, everything],
    ]) {
      const pair = { prediction, reference, shape, spacingMm };
      const plain = await scoresOf(pair);
      for (const emptyRule of Object.keys(emptyRules) as EmptyRule[]) {
        const ruled = await scoresOf(pair, { emptyRule });
        for (const metric of metricNames)
          if (!Number.isNaN(plain[metric])) assert.equal(ruled[metric], plain[metric], `${metric} by ${emptyRule}`);
      }
    }
  });
});
