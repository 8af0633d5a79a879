import { strict as assert } from "node:assert";
import { analyseDataset } from "../../../../pipeline/report/analysis/analyse-dataset.ts";
import type { BenchmarkScore } from "../../../../pipeline/report/benchmark-results.ts";
import { reportedDatasets } from "../../../../pipeline/report/reported-dataset.ts";
import { acrossTable } from "../../../../pipeline/report/tables/across-table.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { classOf, scoresOf, smallResults } from "../../../support/small-results.ts";

describe("acrossTable", () => {
  it("sets data sets side by side, and the mean of the ranks on those where a method has a score", () => {
    const table = tableOf({
      one: [...scoresOf("base", [0.5]), ...scoresOf("other", [0.75])],
      two: [...scoresOf("base", [0.9])],
    });
    assert.deepEqual(
      table?.columns.map(({ title }) => title),
      ["Method", "one, Dice", "two, Dice", "mean rank"],
    );
    // Ranks of base are 2 and 1.
    assert.deepEqual(
      table?.groups[0].rows.map((row) => row.map(({ text, isBold = false }) => `${text}${isBold ? " bold" : ""}`)),
      [
        ["base", "0.500", "0.900 bold", "1.5"],
        ["other", "0.750 bold", "–", "(1) 1.0 bold"],
      ],
    );
  });

  it("is nothing for one data set, or one with scores", () => {
    assert.equal(tableOf({ one: scoresOf("base", [0.5]) }), undefined);
    assert.equal(tableOf({ one: scoresOf("base", [0.5]), two: [] }), undefined);
  });
});

function tableOf(scores: Readonly<Record<string, readonly BenchmarkScore[]>>) {
  const results = smallResults({
    classes: Object.keys(scores).map((dataset) => ({ ...classOf("organ", 0.1), dataset })),
    scores: Object.entries(scores).flatMap(([dataset, own]) => own.map((score) => ({ ...score, dataset }))),
  });
  const options = { baseline: "base", resamples: 20, random: randomFrom(1) };
  return acrossTable(reportedDatasets(results).map((dataset) => analyseDataset(dataset, options)));
}
