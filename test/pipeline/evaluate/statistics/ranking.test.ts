import { strict as assert } from "node:assert";
import type { MethodScore } from "../../../../pipeline/evaluate/statistics/method-scores.ts";
import { type Ranking, rankMethods } from "../../../../pipeline/evaluate/statistics/ranking.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";

type Table = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

/** Scores from class, then method, then one value per case. */
function scoresOf(table: Table, metric = "dice"): readonly MethodScore[] {
  return Object.entries(table).flatMap(([label, methods]) =>
    Object.entries(methods).flatMap(([method, values]) =>
      values.map((value, index) => ({ case: `case ${index}`, label, metric, method, value })),
    ),
  );
}

const { NaN: none } = Number;
const options = { random: randomFrom("ranking"), resamples: 400 };
const ranksOf = ({ methods }: Ranking) => Object.fromEntries(methods.map(({ method, rank }) => [method, rank]));

/** By ranks `steady` wins 2 of 3 classes; by means `lucky` wins through the third. */
const DISAGREEING = scoresOf({
  liver: { steady: [0.92, 0.94], lucky: [0.9, 0.92] },
  spleen: { steady: [0.9, 0.9], lucky: [0.88, 0.9] },
  duct: { steady: [0.1, 0.3], lucky: [0.6, 0.8] },
});

describe("rankMethods", () => {
  it("ranks by mean score in each class, the best first", () => {
    const { classes } = rankMethods(DISAGREEING, options);
    assert.deepEqual(
      classes.map(({ label, methods }) => [label, methods[0].method, Number(methods[0].value.toFixed(12))]),
      [
        ["liver", "steady", 0.93],
        ["spleen", "steady", 0.9],
        ["duct", "lucky", 0.7],
      ],
    );
  });

  it("tells the mean of ranks from the rank of means: 4 / 3 wins the one, 2.5 / 3 the other", () => {
    const { meanOfRanks, rankOfMeans } = rankMethods(DISAGREEING, options);
    assert.deepEqual(ranksOf(meanOfRanks), { steady: 1, lucky: 2 });
    assertClose(meanOfRanks.methods[0].value, 4 / 3, { abs: 1e-12 });
    assert.deepEqual(ranksOf(rankOfMeans), { lucky: 1, steady: 2 });
    assertClose(rankOfMeans.methods[0].value, (0.91 + 0.89 + 0.7) / 3, { abs: 1e-12 });
  });

  it("lets equals share the mean of their ranks and, evenly, their places", () => {
    const { rankOfMeans } = rankMethods(scoresOf({ duct: { a: [0.5, 0.7], b: [0.5, 0.7], c: [0.1, 0.2] } }), options);
    assert.deepEqual(ranksOf(rankOfMeans), { a: 1.5, b: 1.5, c: 3 });
    for (const { method, placeShares } of rankOfMeans.methods)
      assertAllClose(placeShares, method === "c" ? [0, 0, 1] : [0.5, 0.5, 0], { abs: 1e-12 });
  });

  it("ranks distances the other way round", () => {
    const distances = scoresOf({ duct: { a: [3, 4], b: [8, 9] } }, "hd95");
    assert.deepEqual(ranksOf(rankMethods(distances, options).rankOfMeans), { a: 1, b: 2 });
  });

  it("is sure of a method that wins every case, and knows how often one is first that wins by one case", () => {
    const sure = rankMethods(scoresOf({ duct: { a: [0.9, 0.8, 0.7], b: [0.5, 0.4, 0.3] } }), options).rankOfMeans;
    assert.equal(sure.methods[0].firstShare, 1);
    assert.deepEqual([sure.kendallTau.mean, sure.kendallTau.min], [1, 1]);
    // a - b is 2 or -1 thirds: first in resamples of 3 with k of the first case: 2 k > 3 - k, tie at k = 1.
    const open = rankMethods(scoresOf({ duct: { a: [1, 0.125, 0.125], b: [0.5, 0.375, 0.375] } }), {
      random: randomFrom(1),
      resamples: 20_000,
    }).rankOfMeans;
    // k is binomial of 3 and 1 / 3: 8, 12, 6, 1 of 27; half of k = 1 counts.
    const { firstShare, resampledRank } = open.methods.find(({ method }) => method === "a") ?? open.methods[0];
    assertClose(firstShare, (12 / 2 + 7) / 27, { abs: 0.015 });
    assertClose(resampledRank.mean, (2 * 8 + 1.5 * 12 + 7) / 27, { abs: 0.015 });
  });

  it("draws patients with all their cases, classes and methods together", () => {
    // Each patient has one case that a wins and one that b wins by less: by patient a always wins, by case it may lose.
    const names = ["p1-x", "p1-y", "p2-x", "p2-y"];
    const scores = scoresOf({ duct: { a: [0.9, 0.4, 0.9, 0.4], b: [0.3, 0.5, 0.3, 0.5] } }).map((score) => ({
      ...score,
      case: names[Number(score.case.slice(5))],
    }));
    const firstShareOf = (patientOf: (name: string) => string) =>
      rankMethods(scores, { ...options, patientOf }).rankOfMeans.methods[0].firstShare;
    assert.equal(
      firstShareOf((name) => name.slice(0, 2)),
      1,
    );
    // Only b's two cases, four times: (1 / 2) ** 4 of resamples.
    assertClose(
      firstShareOf((name) => name),
      1 - 1 / 16,
      { abs: 0.05 },
    );
  });

  it("puts a method without any defined score in a class last there, and does not count a class that all lack", () => {
    const scores = scoresOf({
      duct: { a: [0.9, 0.9], b: [none, none], c: [0.2, none] },
      liver: { a: [0.5, 0.5], b: [0.9, 0.9], c: [0.7, 0.7] },
      stent: { a: [none, none], b: [none, none], c: [none, none] },
    });
    const { classes, meanOfRanks, rankOfMeans } = rankMethods(scores, options);
    assert.deepEqual(ranksOf(classes[0]), { a: 1, c: 2, b: 3 });
    assert.deepEqual(
      meanOfRanks.methods.map(({ value }) => value),
      [2, 2, 2],
    );
    assert.deepEqual(ranksOf(rankOfMeans), { a: 1, c: 2, b: 3 });
  });

  it("refuses cases that not all methods were scored on", () => {
    const uneven = scoresOf({ duct: { a: [0.9, 0.8], b: [0.5] } });
    assert.throws(() => rankMethods(uneven, options), /case 1 without b/);
    const { rankOfMeans } = rankMethods(uneven, { ...options, unpaired: "drop" });
    assert.deepEqual(
      rankOfMeans.methods.map(({ value }) => value),
      [0.9, 0.5],
    );
  });

  it("gives the same for a seed in whatever order scores come", () => {
    const draw = (scores: readonly MethodScore[], seed: number) =>
      rankMethods(scores, { random: randomFrom(seed), resamples: 50 }).rankOfMeans;
    const close = scoresOf({ duct: { a: [0.9, 0.3, 0.6, 0.5], b: [0.4, 0.8, 0.55, 0.5] } });
    const sorted = [...close].sort((first, second) => (first.case > second.case ? -1 : 1));
    assert.deepEqual(draw(close, 1), draw(close, 1));
    assert.notDeepEqual(draw(close, 1), draw(close, 2));
    assert.deepEqual(draw(sorted, 1), draw(close, 1));
  });
});
