import { strict as assert } from "node:assert";
import { compareMethods } from "../../../../pipeline/evaluate/statistics/compare-methods.ts";
import type { MethodScore } from "../../../../pipeline/evaluate/statistics/method-scores.ts";
import { ConfigError } from "../../../../pipeline/volume/errors.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertClose } from "../../../support/numbers.ts";

const random = randomFrom("compare");
const UNET = [0.81, 0.62, 0.9, 0.55, 0.73, 0.84, 0.77, 0.66, 0.58, 0.92, 0.7];
/** What another method adds, as in the tests of `wilcoxon` and `permutationTest`. */
const GAINS = [0.031, 0.012, -0.004, 0.052, 0.025, -0.018, 0.007, 0.044, 0.039, -0.001, 0.021];

function scoresOf(method: string, values: readonly number[], label = "duct"): readonly MethodScore[] {
  return values.map((value, index) => ({ case: `case ${10 + index}`, label, metric: "dice", method, value }));
}

const gained = UNET.map((value, index) => value + GAINS[index]);
const PAIR = [...scoresOf("dense", gained), ...scoresOf("unet", UNET)];

describe("compareMethods", () => {
  it("gives SciPy's numbers of the differences: mean, Wilcoxon's p, sign flips, effects", () => {
    const [found] = compareMethods(PAIR, { random });
    assert.deepEqual([found.first, found.second, found.label, found.pairs], ["dense", "unet", "duct", 11]);
    assertClose(found.meanDifference.value, 0.208 / 11, { abs: 1e-12 });
    assertClose(found.wilcoxon.pValue, 0.0244140625, { abs: 1e-12 });
    assertClose(found.permutation.pValue, 0.0205078125, { abs: 1e-12 });
    assertClose(found.effects.rankBiserial, 50 / 66, { abs: 1e-12 });
    assertClose(found.effects.cohensDz, 0.8640768172871831, { rel: 1e-9 });
    const { low, high, level, method } = found.meanDifference;
    assert.deepEqual([level, method], [0.95, "bca"]);
    assert.ok(0 < low && low < found.meanDifference.value && found.meanDifference.value < high);
  });

  it("adjusts over all pairs and classes of the call: one of six is six times as much, the largest stays", () => {
    const third = scoresOf("third", gained.toReversed());
    const other = [...PAIR, ...third].map((score) => ({ ...score, label: "liver" }));
    const found = compareMethods([...PAIR, ...third, ...other], { random });
    assert.equal(found.length, 6);
    for (const test of ["wilcoxon", "permutation"] as const) {
      const pairs = found.map((each) => each[test]).sort((first, second) => first.pValue - second.pValue);
      assertClose(pairs[0].holmPValue, Math.min(1, 6 * pairs[0].pValue), { abs: 1e-12 });
      assertClose(pairs[5].holmPValue, Math.max(pairs[5].pValue, pairs[4].holmPValue), { abs: 1e-12 });
    }
  });

  it("compares all others with a baseline, others first", () => {
    const scores = [...PAIR, ...scoresOf("third", UNET)];
    const couples = compareMethods(scores, { random, baseline: "unet" }).map(({ first, second }) => [first, second]);
    assert.deepEqual(couples, [
      ["dense", "unet"],
      ["third", "unet"],
    ]);
  });

  it("refuses a baseline without scores, listing those that have some", () => {
    assert.throws(
      () => compareMethods(PAIR, { random, baseline: "nnunet" }),
      problem("E_BASELINE", /of dense, unet, got/),
    );
  });

  it("refuses unpaired cases by name, or drops them and says which", () => {
    const without = PAIR.filter((score) => score.method === "dense" || score.case !== "case 13");
    const text = /1 of 11 cases not scored by all, such as case 13 without unet/;
    assert.throws(() => compareMethods(without, { random }), problem("E_UNPAIRED", text));
    const [found] = compareMethods(without, { random, unpaired: "drop" });
    assert.deepEqual([found.pairs, found.unpairedCases], [10, ["case 13"]]);
    assertClose(found.meanDifference.value, (0.208 - 0.052) / 10, { abs: 1e-12 });
  });

  it("leaves out cases of which a score is NaN, and says which", () => {
    const some = PAIR.map((score) =>
      score.method === "unet" && score.case === "case 10" ? { ...score, value: Number.NaN } : score,
    );
    const [found] = compareMethods(some, { random });
    assert.deepEqual([found.pairs, found.undefinedCases, found.unpairedCases], [10, ["case 10"], []]);
  });

  it("finds no difference between two infinite distances", () => {
    const distances = PAIR.map((score) => ({ ...score, value: score.case === "case 12" ? Infinity : score.value }));
    const [found] = compareMethods(distances, { random });
    assert.deepEqual([found.pairs, found.undefinedCases], [10, ["case 12"]]);
    assertClose(found.meanDifference.value, (0.208 + 0.004) / 10, { abs: 1e-12 });
  });

  it("refuses a case that a method was scored on twice", () => {
    assert.throws(
      () => compareMethods([...PAIR, PAIR[0]], { random }),
      problem("E_TWICE", /two of dense on case 10, duct/),
    );
  });

  it("takes patients for units: cases in threes leave four patients, whose signs turn together", () => {
    const patientOf = (name: string) => String(Math.floor(Number(name.slice(5)) / 3));
    const [found] = compareMethods(PAIR, { random, patientOf });
    // Cases 10 and 11, 12 to 14, 15 to 17, 18 to 20.
    assert.deepEqual([found.pairs, found.patients, found.wilcoxon.count], [11, 4, 4]);
    // Sums 43, 73, 33 and 59 thousandths, all above 0: 2 of 16 patterns reach as far.
    assert.deepEqual([found.permutation.pValue, found.wilcoxon.pValue], [2 / 16, 2 / 16]);
    assertClose(found.meanDifference.value, 0.208 / 11, { abs: 1e-12 });
  });

  it("finds the same in whatever order scores come, and the same for a seed", () => {
    const scores = [...PAIR, ...scoresOf("dense", UNET, "liver"), ...scoresOf("unet", gained, "liver")];
    const shuffled = [...scores].sort((first, second) =>
      (first.case.at(-1) ?? "") < (second.case.at(-1) ?? "") ? 1 : -1,
    );
    const byLabel = (found: ReturnType<typeof compareMethods>) => found.find(({ label }) => label === "liver");
    const order = (all: readonly MethodScore[]) =>
      all.toSorted((first, second) => (first.method < second.method ? -1 : 1));
    const [own, other] = [order(scores), order(shuffled)].map((all) =>
      byLabel(compareMethods(all, { random: randomFrom(1) })),
    );
    assert.deepEqual(own, other);
    assert.notDeepEqual(own, byLabel(compareMethods(order(scores), { random: randomFrom(2) })));
  });

  it("is NaN where no case is left", () => {
    const [found] = compareMethods(
      PAIR.map((score) => ({ ...score, value: Number.NaN })),
      { random },
    );
    assert.deepEqual(
      [
        found.pairs,
        found.wilcoxon.pValue,
        found.permutation.pValue,
        found.wilcoxon.holmPValue,
        found.meanDifference.low,
      ],
      [0, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    );
  });
});

function problem(code: string, text: RegExp) {
  return (error: unknown) => error instanceof ConfigError && error.problem.code === code && text.test(error.message);
}
