import { strict as assert } from "node:assert";
import { metricsNamed } from "../../../pipeline/evaluate/metrics/index.ts";
import type { Score } from "../../../pipeline/evaluate/scores.ts";
import { type SummariseOptions, summarise } from "../../../pipeline/evaluate/summarise.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { assertClose } from "../../support/numbers.ts";

const options: SummariseOptions = {
  metrics: metricsNamed(["dice"], "test"),
  patientOf: (name) => name[0],
  frequencies: new Map([
    ["liver", 0.9],
    ["appendix", 0.1],
  ]),
  level: 0.9,
  resamples: 500,
  random: randomFrom(3),
};

/** Dice of a class in cases whose first letter is the patient's. */
const dice = (label: string, values: Readonly<Record<string, number>>): Score[] =>
  Object.entries(values).map(([name, value]) => ({ case: name, label, metric: "dice", value }));

const scores = [
  ...dice("liver", { a1: 0.9, a2: 0.7, b: 0.8, c: 1, d: 0.6 }),
  ...dice("appendix", { a1: Number.NaN, a2: 0.2, b: 0.4, c: 0.05, d: Number.NaN }),
];

describe("summarise", () => {
  it("gives means of classes alike, by frequency, and intervals around both", async () => {
    const [{ metric, aggregate, classIntervals, macroInterval }] = await summarise(scores, options);
    const [liver, appendix] = [4 / 5, 0.65 / 3];
    assert.equal(metric, "dice");
    assertClose(aggregate.macroMean, (liver + appendix) / 2, { abs: 1e-12 });
    assertClose(aggregate.weightedMean, 0.9 * liver + 0.1 * appendix, { abs: 1e-12 });
    assertClose(macroInterval.value, (liver + appendix) / 2, { abs: 1e-12 });
    assertClose(classIntervals[1].value, appendix, { abs: 1e-12 });
    assert.ok(macroInterval.low < macroInterval.value && macroInterval.value < macroInterval.high);
    assert.equal(macroInterval.level, 0.9);
    // A Dice below 0.1 is a failure: one of three.
    assertClose(aggregate.classes[1].failureRate, 1 / 3, { abs: 1e-12 });
  });

  it("leaves out resamples that lack a class, which would be means of others", async () => {
    const rare = [
      ...dice("liver", { a: 0.9, b: 0.8, c: 0.7 }),
      ...dice("appendix", { a: 0.1, b: Number.NaN, c: Number.NaN }),
    ];
    const [{ macroInterval }] = await summarise(rare, options);
    assert.ok(macroInterval.resamples < 500 && macroInterval.resamples > 250, `${macroInterval.resamples} resamples`);
    // Any resample with a has 0.1 for the appendix and at most 0.9 for the liver.
    assert.ok(macroInterval.high <= 0.5);
  });

  it("draws patients, not cases: one patient with all cases has no interval", async () => {
    const [{ classIntervals, macroInterval }] = await summarise(dice("liver", { a1: 0.9, a2: 0.1, a3: 0.5 }), {
      ...options,
      frequencies: new Map([["liver", 1]]),
    });
    assert.deepEqual([classIntervals[0].method, macroInterval.method], ["none", "none"]);
  });

  it("gives the same numbers for the same seed, whatever else is measured", async () => {
    const again = async (metrics: readonly string[]) =>
      (
        await summarise([...scores, ...scores.map((score) => ({ ...score, metric: "iou" }))], {
          ...options,
          metrics: metricsNamed(metrics, "test"),
          random: randomFrom(3),
        })
      ).find(({ metric }) => metric === "dice");
    assert.deepEqual(await again(["iou", "dice"]), await again(["dice"]));
  });

  it("says nothing of nothing", async () => {
    const [{ aggregate, classIntervals, macroInterval }] = await summarise([], options);
    assert.deepEqual([aggregate.classes, classIntervals], [[], []]);
    assert.ok(Number.isNaN(macroInterval.value));
  });
});
