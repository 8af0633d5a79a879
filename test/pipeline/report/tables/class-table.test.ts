import { strict as assert } from "node:assert";
import { analyseDataset } from "../../../../pipeline/report/analysis/analyse-dataset.ts";
import type { BenchmarkResults } from "../../../../pipeline/report/benchmark-results.ts";
import { reportedDatasets } from "../../../../pipeline/report/reported-dataset.ts";
import { classTable } from "../../../../pipeline/report/tables/class-table.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { classOf, scoresOf, smallResults } from "../../../support/small-results.ts";

describe("classTable", () => {
  it("stars what is better in all of 6 cases: p = 2 / 2^6 = 0.031, one comparison", () => {
    const scores = [...scoresOf("base", constant(0.5, 6)), ...scoresOf("other", constant(0.625, 6))];
    const { columns, groups } = tableOf({ scores });
    assert.deepEqual(
      columns.map(({ title }) => title),
      ["Method", "n", "Dice [95 % CI]", "failed"],
    );
    assert.deepEqual(groups, [
      {
        title: "organ: 10 % of all voxels",
        rows: [
          [{ text: "base" }, { text: "6" }, score("0.500 [0.500, 0.500]", { marks: "" }), { text: "0/6" }],
          [
            { text: "other" },
            { text: "6" },
            score("0.625 [0.625, 0.625]", { isBold: true, marks: "+*" }),
            { text: "0/6" },
          ],
        ],
      },
    ]);
  });

  it("adjusts over the classes too: with a second class the same cases give 2 * 0.031 and no star", () => {
    const scores = ["organ", "other organ"].flatMap((label) => [
      ...scoresOf("base", constant(0.5, 6), { label }),
      ...scoresOf("other", constant(label === "organ" ? 0.625 : 0.5, 6), { label }),
    ]);
    const { groups } = tableOf({ scores, classes: [classOf("organ", 0.1), classOf("other organ", 0.05)] });
    assert.deepEqual(
      groups.map(({ rows }) => rows.map((row) => `${row[2].text}${row[2].marks}${row[2].isBold ? " bold" : ""}`)),
      [
        ["0.500 [0.500, 0.500]†", "0.625 [0.625, 0.625] bold"],
        ["0.500 [0.500, 0.500] bold", "0.500 [0.500, 0.500] bold"],
      ],
    );
  });

  it("gives two stars for 8 cases, three for 11, and says when they are worse", () => {
    const marksOf = (cases: number) => {
      const scores = [...scoresOf("base", constant(0.5, cases)), ...scoresOf("other", constant(0.25, cases))];
      return tableOf({ scores }).groups[0].rows.map((row) => row[2].marks);
    };
    // 2 / 2^8 = 0.0078; 2 / 2^11 = 0.00098.
    assert.deepEqual(
      [marksOf(8), marksOf(11)],
      [
        ["", "−**"],
        ["", "−***"],
      ],
    );
  });

  it("takes short distances for better, and says how many cases have one where not all do", () => {
    const hd95 = { metric: "hd95" };
    const scores = [
      ...scoresOf("base", constant(0.5, 6)),
      ...scoresOf("other", constant(0.5, 6)),
      ...scoresOf("base", constant(8, 6), hd95),
      ...scoresOf("other", [...constant(2, 5), Number.NaN], hd95),
    ];
    const { columns, groups } = tableOf({ scores });
    assert.equal(columns[3].title, "HD95 (mm)");
    // 5 pairs: 2 / 2^5 = 0.0625 could not have been less, so it is no star and no tie either.
    assert.deepEqual(
      groups[0].rows.map((row) => row[3]),
      [score("8.00", { marks: "" }), score("(5) 2.00", { isBold: true, marks: "" })],
    );
  });

  it("gives the O-Value beside Dice, the prevalence beside the class, and never a rounded 1", () => {
    const scores = [
      ...scoresOf("base", [0.5, 0.75]),
      ...scoresOf("base", [0.25, 0.5], { metric: "o-dice" }),
      ...scoresOf("base", [0.0001, 0.0003], { metric: "prevalence" }),
    ];
    const { columns, groups } = tableOf({ scores });
    assert.equal(columns[3].title, "O-Value");
    assert.equal(groups[0].title, "organ: 10 % of all voxels, mean prevalence in its cases 0.020 %");
    assert.equal(groups[0].rows[0][3].text, "0.3750");
  });

  it("counts a case below a Dice of 0.1 as failed", () => {
    const scores = scoresOf("base", [0.0999, 0.1, 0.5, Number.NaN]);
    assert.equal(tableOf({ scores }).groups[0].rows[0][3].text, "1/3");
  });

  it("leaves a class without any value empty, and a method without scores", () => {
    const methods = ["base", "never run"].map((key) => ({ key, network: key, training: "plain" }));
    const scores = scoresOf("base", [Number.NaN, Number.NaN]);
    assert.deepEqual(
      tableOf({ scores, methods }).groups[0].rows.map((row) => row.map(({ text }) => text)),
      [
        ["base", "0", "–", "0/0"],
        ["never run", "0", "–", "–"],
      ],
    );
  });

  it("gives one method alone as the best and marks nothing, and one case without an interval", () => {
    const { groups } = tableOf({ scores: scoresOf("base", [0.5]) });
    assert.deepEqual(groups[0].rows, [
      [{ text: "base" }, { text: "1" }, score("0.500", { isBold: true, marks: "" }), { text: "0/1" }],
    ]);
  });

  it("is nothing without scores", () => {
    assert.equal(classTable(analysisOf({}), { baseline: "base" }), undefined);
  });
});

function tableOf(own: Partial<BenchmarkResults>) {
  const table = classTable(analysisOf(own), { baseline: "base" });
  assert.ok(table !== undefined);
  return table;
}

function analysisOf(own: Partial<BenchmarkResults>) {
  const [dataset] = reportedDatasets(smallResults(own));
  return analyseDataset(dataset, { baseline: "base", resamples: 50, random: randomFrom(1) });
}

function constant(value: number, cases: number): readonly number[] {
  return Array.from({ length: cases }, () => value);
}

function score(text: string, { isBold = false, marks }: { readonly isBold?: boolean; readonly marks: string }) {
  return { text, isBold, marks };
}
