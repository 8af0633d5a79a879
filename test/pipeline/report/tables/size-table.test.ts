import { strict as assert } from "node:assert";
import { analyseDataset } from "../../../../pipeline/report/analysis/analyse-dataset.ts";
import type { BenchmarkResults } from "../../../../pipeline/report/benchmark-results.ts";
import { reportedDatasets } from "../../../../pipeline/report/reported-dataset.ts";
import { sizeTable } from "../../../../pipeline/report/tables/size-table.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { classOf, scoresOf, smallResults } from "../../../support/small-results.ts";

const sizesOf = (ml: readonly number[], label = "organ") =>
  ml.map((each, index) => ({ dataset: "set", case: `c${index + 1}`, label, ml: each }));

function tableOf(own: Partial<BenchmarkResults>) {
  const results = smallResults(own);
  const [dataset] = reportedDatasets(results);
  return sizeTable(analyseDataset(dataset, { baseline: results.baseline, resamples: 50, random: randomFrom(1) }));
}

describe("sizeTable", () => {
  // Sizes 1 to 6 ml: tertiles at 2.67 and 4.33. The seventh case holds none; Dice is not defined there.
  const sizes = sizesOf([6, 1, 5, 2, 4, 3, 0]);
  const scores = [
    ...scoresOf("base", [0.9, 0.1, 0.7, 0.3, 0.6, 0.4, Number.NaN]),
    ...scoresOf("other", [0.8, 0.2, 0.6, 0.4, 0.7, 0.5, Number.NaN]),
  ];

  it("is the mean of each third of the cases by the size of the structure, the best in bold", () => {
    const table = tableOf({ sizes, scores });
    assert.equal(table?.groups.length, 1);
    assert.equal(table?.groups[0].title, "organ: 2 small (1 to 2 ml), 2 medium (3 to 4 ml), 2 large (5 to 6 ml)");
    assert.deepEqual(
      table?.groups[0].rows.map((row) => row.map(({ text, isBold = false }) => `${text}${isBold ? " *" : ""}`)),
      [
        ["base", "0.200", "0.500", "0.800 *"],
        ["other", "0.300 *", "0.600 *", "0.700"],
      ],
    );
  });

  it("parts each class by its own sizes, and leaves out one with a third of fewer than two cases", () => {
    const classes = [classOf("organ", 0.3), classOf("rare", 0.1)];
    const rare = {
      sizes: sizesOf([1, 2, 3, 0, 0, 0, 0], "rare"),
      scores: scoresOf("base", [0.1, 0.2, 0.3], { label: "rare" }),
    };
    const table = tableOf({ classes, sizes: [...sizes, ...rare.sizes], scores: [...scores, ...rare.scores] });
    assert.deepEqual(
      table?.groups.map(({ title }) => title?.replace(/:.*/, "")),
      ["organ"],
    );
  });

  it("does not count cases that no method was scored on", () => {
    const more = [...sizes, { dataset: "set", case: "never held out", label: "organ", ml: 100 }];
    assert.deepEqual(tableOf({ sizes: more, scores }), tableOf({ sizes, scores }));
  });

  it("is nothing without scores or without sizes", () => {
    assert.equal(tableOf({ sizes }), undefined);
    assert.equal(tableOf({ scores }), undefined);
  });
});
