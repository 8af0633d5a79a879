import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import type { VoxelCounts } from "../../../../pipeline/evaluate/metrics/facts.ts";
import {
  countsAt,
  oValueOfAccuracy,
  oValueOfBalancedAccuracy,
  oValueOfDice,
  oValueOfIou,
  oValueOfMatthews,
  oValueOfPrecision,
  sampledOValue,
} from "../../../../pipeline/evaluate/metrics/o-value.ts";
import { dice, matthews, precision } from "../../../../pipeline/evaluate/metrics/overlap.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertClose } from "../../../support/numbers.ts";
import { drawnMask, scoresOf } from "../../../support/scored-masks.ts";

const iou = ({ truePositives: tp, falsePositives: fp, falseNegatives: fn }: VoxelCounts) => tp / (tp + fp + fn);
const accuracy = ({ truePositives: tp, trueNegatives: tn }: VoxelCounts) => tp + tn;
const balancedAccuracy = ({
  truePositives: tp,
  falseNegatives: fn,
  trueNegatives: tn,
  falsePositives: fp,
}: VoxelCounts) => (tp / (tp + fn) + tn / (tn + fp)) / 2;

/** Four standard deviations of a share of 100,000 draws. */
const SAMPLING = 4 * Math.sqrt(0.25 / 100_000);

const prevalences = [0.5, 0.3, 0.1, 0.01, 0.001, 0.9];

/** Each closed form, its metric, and values to ask it about. */
const forms = {
  Dice: { of: oValueOfDice, metric: dice, values: [0.05, 0.3, 0.6, 0.9] },
  IoU: { of: oValueOfIou, metric: iou, values: [0.05, 0.3, 0.6, 0.9] },
  precision: { of: oValueOfPrecision, metric: precision, values: [0.001, 0.05, 0.4, 0.9] },
  "balanced accuracy": { of: oValueOfBalancedAccuracy, metric: balancedAccuracy, values: [0.1, 0.45, 0.6, 0.95] },
  accuracy: { of: oValueOfAccuracy, metric: accuracy, values: [0.05, 0.2, 0.6, 0.95] },
  "Matthews correlation": { of: oValueOfMatthews, metric: matthews, values: [-0.5, -0.1, 0.02, 0.1, 0.4, 0.8] },
};

describe("O-Values in closed form", () => {
  it("are the paper's 0.95767 at prevalence 0.1 and Dice 0.6", () => {
    assertClose(oValueOfDice(0.6, 0.1), 0.95767, { abs: 5e-6 });
  });

  // Monte Carlo of the paper's definition, 4 million draws, and its formula, arXiv:2505.07033.
  it("are its values at other prevalences", () => {
    const table: Readonly<Record<string, readonly number[]>> = {
      0.5: [0.0385, 0.2647, 0.6429, 0.9798],
      0.1: [0.141, 0.7865, 0.9577, 0.9978],
      0.01: [0.813, 0.9806, 0.9962, 0.9998],
      0.001: [0.9815, 0.9981, 0.9996, 0.99998],
    };
    for (const [prevalence, row] of Object.entries(table))
      for (const [n, observed] of [0.05, 0.3, 0.6, 0.9].entries())
        assertClose(oValueOfDice(observed, Number(prevalence)), row[n], { abs: 5.1e-5 });
    assertClose(oValueOfMatthews(0.4, 0.1), 0.895, { abs: 5e-5 });
  });

  it("are its other formula of F1, with delta = 2 prevalence - 1", () => {
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(share, share, (f, prevalence) => {
        const delta = 2 * prevalence - 1;
        const excess = Math.max(0, f * (3 + delta) - 2 * (1 + delta));
        const whole = (f * (3 + delta)) / (2 * (1 + delta) * (2 - f));
        const expected = whole - excess ** 2 / (2 * f * (2 - f) * (1 - delta * delta));
        assertClose(oValueOfDice(f, prevalence), expected, { abs: 1e-9 });
      }),
    );
  });

  for (const [name, { of, metric, values }] of Object.entries(forms))
    it(`are the share of 100,000 random labellings with a smaller ${name}`, () => {
      const random = randomFrom(`o-value ${name}`);
      for (const prevalence of prevalences)
        for (const observed of values) {
          const drawn = sampledOValue(observed, { prevalence, metric, draws: 100_000, random: random.uniform });
          assertClose(of(observed, prevalence), drawn, { abs: SAMPLING });
        }
    });

  for (const [name, { of }] of Object.entries(forms))
    it(`grow from 0 to 1 with the ${name}, and are NaN for NaN`, () => {
      const least = name === "Matthews correlation" ? -1 : 0;
      const value = fc.double({ min: least, max: 1, noNaN: true });
      const prevalence = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
      fc.assert(
        fc.property(value, value, prevalence, (first, second, share) => {
          const [low, high] = [Math.min(first, second), Math.max(first, second)].map((each) => of(each, share));
          assert.ok(low >= 0 && low <= high + 1e-9 && high <= 1, `${low} to ${high}`);
        }),
      );
      assertClose(of(least, 0.2), 0, { abs: 1e-12 });
      assertClose(of(1, 0.2), 1, { abs: 1e-12 });
      assert.equal(of(Number.NaN, 0.2), Number.NaN);
    });
});

describe("sampledOValue", () => {
  it("draws the same with the same seed, and a recall of 0.25 a quarter of the time", () => {
    const draw = () =>
      sampledOValue(0.25, {
        prevalence: 0.01,
        metric: ({ truePositives: tp, falseNegatives: fn }) => tp / (tp + fn),
        draws: 100_000,
        random: randomFrom(1).uniform,
      });
    assert.equal(draw(), draw());
    assertClose(draw(), 0.25, { abs: SAMPLING });
  });
});

describe("countsAt", () => {
  it("shares out all voxels: a quarter found of a tenth, a third claimed of the rest", () => {
    const { truePositives, falseNegatives, falsePositives, trueNegatives } = countsAt(0.25, 1 / 3, 0.1);
    for (const [found, wanted] of [
      [truePositives, 0.025],
      [falseNegatives, 0.075],
      [falsePositives, 0.3],
      [trueNegatives, 0.6],
    ])
      assertClose(found, wanted, { rel: 1e-14 });
  });
});

describe("O-Value metrics", () => {
  const prediction = drawnMask("###.. ..... ..... .....");
  const reference = drawnMask("##... ..... ..... .....");
  const pair = { prediction: prediction.data, reference: reference.data, shape: prediction.shape };
  const masks = { ...pair, spacingMm: [3, 2, 1] as const };

  it("rank what was measured at the prevalence of the whole field, 2 of 20 voxels", async () => {
    const values = await scoresOf(masks, { metrics: ["o-value"] });
    assertClose(values.prevalence, 0.1, { rel: 1e-15 });
    assertClose(values["o-dice"], oValueOfDice(4 / 5, 0.1), { rel: 1e-14 });
    assertClose(values["o-precision"], oValueOfPrecision(2 / 3, 0.1), { rel: 1e-14 });
    assertClose(values["o-balanced-accuracy"], oValueOfBalancedAccuracy((1 + 17 / 18) / 2), { rel: 1e-14 });
    assertClose(values["o-mcc"], oValueOfMatthews((2 * 17) / Math.sqrt(3 * 2 * 18 * 17), 0.1), { rel: 1e-14 });
  });

  it("count as many voxels outside the class as the stated region has: 6 of 8 in a box 2 mm wider", async () => {
    const region = { kind: "box", marginMm: 2 } as const;
    const values = await scoresOf(masks, { metrics: ["o-value"], region });
    // Two columns and one row more: rows 0 and 1, columns 0 to 3.
    assertClose(values.prevalence, 2 / 8, { rel: 1e-15 });
    assertClose(values["o-dice"], oValueOfDice(4 / 5, 0.25), { rel: 1e-14 });
    assertClose(values["o-balanced-accuracy"], oValueOfBalancedAccuracy((1 + 5 / 6) / 2), { rel: 1e-14 });
  });

  it("are NaN for a class that the reference lacks or fills the region with", async () => {
    for (const filled of [new Uint8Array(20), new Uint8Array(20).fill(1)]) {
      const values = await scoresOf({ ...masks, reference: filled }, { metrics: ["o-dice", "o-mcc"] });
      assert.deepEqual(values, { "o-dice": Number.NaN, "o-mcc": Number.NaN });
    }
  });
});
