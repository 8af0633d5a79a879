import { strict as assert } from "node:assert";
import { reportedDatasets } from "../../../pipeline/report/reported-dataset.ts";
import { classOf, scoresOf, smallResults } from "../../support/small-results.ts";

describe("reportedDatasets", () => {
  it("averages a case's runs before anything else: (0.2 + 0.6) / 2, and a run without a value does not count", () => {
    const scores = [
      ...scoresOf("first", [0.2, 0.5, Number.NaN], { seed: 0 }),
      ...scoresOf("first", [0.6, Number.NaN, Number.NaN], { seed: 1 }),
    ];
    const [dataset] = reportedDatasets(smallResults({ scores }));
    assert.deepEqual(
      dataset.scores.map((score) => [score.case, score.value]),
      [
        ["c1", 0.4],
        ["c2", 0.5],
        ["c3", Number.NaN],
      ],
    );
  });

  it("puts the rarest class last", () => {
    const classes = [classOf("rare", 1e-5), classOf("common", 0.3), classOf("middling", 0.01)];
    const [dataset] = reportedDatasets(smallResults({ classes }));
    assert.deepEqual(
      dataset.classes.map(({ name }) => name),
      ["common", "middling", "rare"],
    );
  });

  it("names methods by what differs between them, and by their keys where that is the same", () => {
    const namesOf = (methods: readonly (readonly [string, string, string])[]) => {
      const rows = methods.map(([key, network, training]) => ({ key, network, training }));
      return reportedDatasets(smallResults({ methods: rows }))[0].methods.map(({ name }) => name);
    };
    assert.deepEqual(
      namesOf([
        ["a/x", "A", "X"],
        ["b/x", "B", "X"],
      ]),
      ["A", "B"],
    );
    assert.deepEqual(
      namesOf([
        ["a/x", "A", "X"],
        ["a/y", "A", "Y"],
      ]),
      ["X", "Y"],
    );
    assert.deepEqual(
      namesOf([
        ["a/x", "A", "X"],
        ["b/y", "B", "Y"],
      ]),
      ["A, X", "B, Y"],
    );
    assert.deepEqual(
      namesOf([
        ["one", "A", "X"],
        ["two", "A", "X"],
      ]),
      ["one", "two"],
    );
  });

  it("makes file names from letters and digits alone, one for each data set", () => {
    const classes = ["../a b", "../a/b"].map((dataset) => ({ ...classOf("organ", 0.1), dataset }));
    assert.deepEqual(
      reportedDatasets(smallResults({ classes })).map(({ slug }) => slug),
      ["1-a-b", "2-a-b"],
    );
  });

  it("knows the patient of a case where the scores say so", () => {
    const scores = scoresOf("first", [0.2, 0.5]).map((score, n) => (n === 0 ? { ...score, patient: "p" } : score));
    const [{ patientOf }] = reportedDatasets(smallResults({ scores }));
    assert.deepEqual(["c1", "c2"].map(patientOf), ["p", "c2"]);
  });
});
