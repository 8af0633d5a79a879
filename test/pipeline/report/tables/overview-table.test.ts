import { strict as assert } from "node:assert";
import { analyseDataset } from "../../../../pipeline/report/analysis/analyse-dataset.ts";
import type { BenchmarkResults, MeasuredCost } from "../../../../pipeline/report/benchmark-results.ts";
import { reportedDatasets } from "../../../../pipeline/report/reported-dataset.ts";
import { costTable } from "../../../../pipeline/report/tables/cost-table.ts";
import { overviewTable } from "../../../../pipeline/report/tables/overview-table.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { classOf, scoresOf, smallResults } from "../../../support/small-results.ts";

const classes = [classOf("organ", 0.3), classOf("rare", 0.1)];

describe("overviewTable", () => {
  it("gives all classes the same weight, then that of their voxels, then the bad ends", () => {
    const scores = [...scoresOf("base", [1, 0.8]), ...scoresOf("base", [0.5, 0.3], { label: "rare" })];
    const [row] = rowsOf({ classes, scores });
    // Means 0.9 and 0.4: macro (0.9 + 0.4) / 2; weighted (0.9 * 0.3 + 0.4 * 0.1) / 0.4; worst case (0.8 + 0.3) / 2.
    assert.deepEqual(
      [row[1].replace(/ .*/, ""), ...row.slice(2)],
      ["0.650", "0.775", "0.400 rare", "0.550", "100 %", "0"],
    );
  });

  it("takes the worst tenth of 11 cases for the mean of 2", () => {
    const scores = scoresOf("base", [0.1, 0.2, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]);
    assert.equal(rowsOf({ scores })[0][4], "0.150");
  });

  it("counts the runs of a method, and those that failed or were not run", () => {
    const cell = (seed: number) => ({ dataset: "set", method: "base", fold: 0, seed });
    const own = {
      scores: scoresOf("base", [0.5]),
      costs: [costOf(0), costOf(1)],
      failures: [{ ...cell(2), problem: "no memory" }],
      missing: [cell(3), cell(4), { ...cell(5), method: "another" }],
    };
    assert.equal(rowsOf(own)[0][6], "2 (1 failed, 2 missing)");
  });

  it("leaves a method without scores empty", () => {
    const methods = ["base", "never run"].map((key) => ({ key, network: key, training: "plain" }));
    const [, row] = rowsOf({ scores: scoresOf("base", [0.5]), methods });
    assert.deepEqual(row, ["never run", "–", "–", "–", "–", "–", "0"]);
  });

  it("is nothing without scores", () => {
    assert.equal(overviewTable(analysisOf({})), undefined);
  });
});

describe("costTable", () => {
  it("gives means over runs, leaving out what could not be measured", () => {
    const costs = [costOf(0), { ...costOf(1), trainingSeconds: 5400, peakMemoryBytes: Number.NaN }];
    const table = costTable(analysisOf({ scores: scoresOf("base", [0.5]), costs }));
    assert.deepEqual(
      table?.groups[0].rows.map((row) => row.map(({ text }) => text)),
      [["base", "5.60", "54.9", "2000", "75.0 min", "4.50 s", "1.50"]],
    );
  });

  it("is nothing where no cost was measured", () => {
    assert.equal(costTable(analysisOf({ scores: scoresOf("base", [0.5]) })), undefined);
  });
});

function costOf(seed: number): MeasuredCost {
  return {
    ...{ dataset: "set", method: "base", fold: 0, seed },
    parameters: 5.6e6,
    flopsPerPatch: 54.9e9,
    steps: 2000,
    trainingSeconds: 3600,
    inferenceSecondsPerCase: 4.5,
    peakMemoryBytes: 1.5 * 2 ** 30,
  };
}

function rowsOf(own: Partial<BenchmarkResults>): readonly (readonly string[])[] {
  return overviewTable(analysisOf(own))?.groups[0].rows.map((row) => row.map(({ text }) => text)) ?? [];
}

function analysisOf(own: Partial<BenchmarkResults>) {
  const [dataset] = reportedDatasets(smallResults(own));
  return analyseDataset(dataset, { baseline: "base", resamples: 50, random: randomFrom(1) });
}
