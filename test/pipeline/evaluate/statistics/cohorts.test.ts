import { strict as assert } from "node:assert";
import {
  cohortsByColumn,
  patientsFrom,
  readCohortTable,
  scoresByCohort,
  sizeTertiles,
} from "../../../../pipeline/evaluate/statistics/cohorts.ts";
import { ConfigError, FormatError } from "../../../../pipeline/volume/errors.ts";

const TEXT = "case,Patient,scanner,reader\nc1,p1,Aera,1\nc2,p1,Skyra,2\nc3,p2,Aera,\nc9,,Aera,1\n";
const tableOf = (text: string) => readCohortTable(Buffer.from(text), "cohorts.csv");

describe("readCohortTable", () => {
  it("reads commas, semicolons or tabs, a byte order mark and names in any case", () => {
    for (const text of [TEXT, TEXT.replaceAll(",", ";"), TEXT.replaceAll(",", "\t"), `\uFEFF${TEXT}`]) {
      const { columns, rows } = tableOf(text);
      assert.deepEqual(columns, ["case", "patient", "scanner", "reader"]);
      assert.equal(rows.get("c2")?.get("scanner"), "Skyra");
    }
  });

  it("takes the id of a training list for the case", () => {
    assert.deepEqual([...tableOf("id,image\nc1,a.nii\n").rows.keys()], ["c1"]);
  });

  it("refuses tables by name", () => {
    assert.throws(
      () => tableOf("name,patient\nc1,p1\n"),
      refusal("E_COLUMN", /a column case or id, got name, patient/),
    );
    assert.throws(() => tableOf("case,patient\nc1,p1\nc1,p2\n"), refusal("E_TWICE", /two of c1/));
    assert.throws(() => tableOf("case,site,SITE\nc1,a,b\n"), refusal("E_TWICE", /two of site/));
    assert.throws(() => tableOf("case,patient\nc1\n"), refusal("T_CSV", /cohorts\.csv: expected as many cells/));
    assert.throws(() => tableOf(""), refusal("E_COLUMN", /case or id/));
  });
});

describe("cohortsByColumn", () => {
  it("groups the scored cases, those of an empty cell as (none)", () => {
    const groups = cohortsByColumn(tableOf(TEXT), "Reader", ["c3", "c1", "c2"]);
    assert.deepEqual(
      [...groups],
      [
        ["(none)", ["c3"]],
        ["1", ["c1"]],
        ["2", ["c2"]],
      ],
    );
  });

  it("refuses a column or a case that the table lacks, by name", () => {
    const table = tableOf(TEXT);
    const columns = /a column site, got case, patient, scanner, reader/;
    assert.throws(() => cohortsByColumn(table, "site", ["c1"]), refusal("E_COLUMN", columns));
    assert.throws(() => cohortsByColumn(table, "reader", ["c1", "c4"]), refusal("E_CASE", /a row for case c4/));
  });
});

describe("patientsFrom", () => {
  it("names the patient of each case, and refuses one without", () => {
    const patientOf = patientsFrom(tableOf(TEXT));
    assert.deepEqual(["c1", "c2", "c3"].map(patientOf), ["p1", "p1", "p2"]);
    assert.throws(() => patientOf("c9"), refusal("E_CELL", /a patient for c9, got an empty cell/));
  });
});

describe("sizeTertiles", () => {
  it("cuts six sizes into twos, and puts structures of no voxel aside", () => {
    const sizes = new Map(Object.entries({ f: 60, a: 10, none: 0, b: 20, e: 50, c: 30, d: 40 }));
    assert.deepEqual(
      [...sizeTertiles(sizes)],
      [
        ["small", ["a", "b"]],
        ["medium", ["c", "d"]],
        ["large", ["f", "e"]],
        ["absent", ["none"]],
      ],
    );
  });

  it("leaves a size on a tertile below it: of 1, 2, 3, 4 the tertiles are 2 and 3", () => {
    const groups = sizeTertiles(new Map(Object.entries({ a: 1, b: 2, c: 3, d: 4 })));
    assert.deepEqual([...groups.values()], [["a", "b"], ["c"], ["d"]]);
  });

  it("keeps equal sizes together: of 5, 5, 5, 9 the tertiles are 5 and 5", () => {
    const sizes = new Map(Object.entries({ a: 5, b: 5, c: 5, d: 9 }));
    assert.deepEqual(
      [...sizeTertiles(sizes)],
      [
        ["small", ["a", "b", "c"]],
        ["large", ["d"]],
      ],
    );
  });
});

describe("scoresByCohort", () => {
  const cohorts = new Map([
    ["Aera", ["c1", "c3"]],
    ["Skyra", ["c2"]],
    ["Vida", []],
  ]);

  it("parts scores by the group of their case, in the order of the groups", () => {
    const scores = ["c2", "c1", "c3", "c1"].map((name, value) => ({ case: name, value }));
    const found = [...scoresByCohort(scores, cohorts)].map(([group, own]) => [group, own.map(({ value }) => value)]);
    assert.deepEqual(found, [
      ["Aera", [1, 2, 3]],
      ["Skyra", [0]],
      ["Vida", []],
    ]);
  });

  it("refuses a case that is in no group", () => {
    assert.throws(
      () => scoresByCohort([{ case: "c7" }], cohorts),
      (error) => error instanceof ConfigError && /case c7 in one of them/.test(error.message),
    );
  });
});

function refusal(code: string, text: RegExp) {
  return (error: unknown) => error instanceof FormatError && error.problem.code === code && text.test(error.message);
}
