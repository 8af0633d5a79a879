import { strict as assert } from "node:assert";
import { analyseDataset } from "../../../../pipeline/report/analysis/analyse-dataset.ts";
import type { BenchmarkResults } from "../../../../pipeline/report/benchmark-results.ts";
import { findingsOf } from "../../../../pipeline/report/page/findings.ts";
import { reportedDatasets } from "../../../../pipeline/report/reported-dataset.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { classOf, scoresOf, smallResults } from "../../../support/small-results.ts";

const constant = (value: number, cases: number) => Array.from({ length: cases }, () => value);

describe("findingsOf", () => {
  it("says which method is best, how firmly, and what it does for the rarest class", () => {
    const scores = [
      ...scoresOf("base", constant(0.75, 6)),
      ...scoresOf("other", constant(0.75, 6)),
      ...scoresOf("base", constant(0.25, 6), { label: "rare" }),
      ...scoresOf("other", constant(0.5, 6), { label: "rare" }),
    ];
    // Macro (0.75 + 0.5) / 2. Holm: 2 / 2^6 times two classes.
    assert.deepEqual(findings({ classes: [classOf("rare", 0.0001), classOf("organ", 0.1)], scores }), [
      "set: 6 held-out cases of 6 patients, classes: 2.",
      "Best mean Dice over all classes of set: other, 0.625 [0.625, 0.625] (95 % CI). It comes first in 100 % of resamples.",
      "Rarest class of set: rare (0.010 % of all voxels). Best: other, Dice 0.500 [0.500, 0.500]; +0.250 [0.250, 0.250] " +
        "against base (6 cases in common), not significant (Holm-adjusted p = 0.063).",
    ]);
  });

  it("compares nothing where there is one method, and takes the rarest class that has a score", () => {
    const classes = [classOf("organ", 0.1), classOf("rare", 0.0001)];
    const scores = [...scoresOf("base", [0.5]), ...scoresOf("base", [Number.NaN], { label: "rare" })];
    assert.deepEqual(findings({ classes, scores }), [
      "set: 1 held-out case of 1 patient, classes: 2.",
      "Best mean Dice over all classes of set: base, 0.500.",
      "Rarest class of set: organ (10 % of all voxels). Best: base, Dice 0.500.",
    ]);
  });

  it("claims nothing of scores that are all undefined", () => {
    assert.deepEqual(findings({ scores: scoresOf("base", [Number.NaN]) }), [
      "set: 1 held-out case of 1 patient, classes: 1.",
    ]);
  });
});

function findings(own: Partial<BenchmarkResults>): readonly string[] {
  const results = smallResults(own);
  const options = { baseline: results.baseline, resamples: 50, random: randomFrom(1) };
  return findingsOf(analyseDataset(reportedDatasets(results)[0], options), results);
}
