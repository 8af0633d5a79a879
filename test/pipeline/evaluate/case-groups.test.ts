import { strict as assert } from "node:assert";
import { join } from "node:path";
import { readCaseGroups } from "../../../pipeline/evaluate/case-groups.ts";
import { methodNamesOf } from "../../../pipeline/evaluate/method-names.ts";
import { folderWith } from "../../support/dataset-files.ts";

const groupsOf = (text: string, cases: readonly string[]) =>
  readCaseGroups(join(folderWith({ "groups.csv": text }), "groups.csv"), cases);

describe("readCaseGroups", () => {
  it("knows the patient of each case, and groups by every other column", async () => {
    const text = "case;Patient;scanner\na1;Anna;1.5 T\na2;Anna;3 T\nb;Bert;3 T\nunused;Carl;7 T\n";
    const { patientOf, hasPatients, cohorts, cells } = await groupsOf(text, ["a1", "a2", "b"]);
    assert.deepEqual([patientOf("a1"), patientOf("a2"), patientOf("b"), hasPatients], ["Anna", "Anna", "Bert", true]);
    assert.deepEqual(
      [...cohorts].map(([column, groups]) => [column, [...groups]]),
      [
        [
          "scanner",
          [
            ["1.5 T", ["a1"]],
            ["3 T", ["a2", "b"]],
          ],
        ],
      ],
    );
    assert.deepEqual([...cells.keys()], ["patient", "scanner"]);
    assert.equal(cells.get("scanner")?.get("b"), "3 T");
  });

  it("takes each case for a patient without a table, or without the column", async () => {
    assert.equal((await readCaseGroups(undefined, ["a"])).patientOf("a"), "a");
    const { patientOf, hasPatients } = await groupsOf("id,reader\na,1\n", ["a"]);
    assert.deepEqual([patientOf("a"), hasPatients], ["a", false]);
  });

  it("does not group by a column of names or dates, and says so", async () => {
    const names = Array.from({ length: 21 }, (_, n) => `case${n}`);
    const { cohorts, warnings } = await groupsOf(
      `case,born\n${names.map((name, n) => `${name},${1950 + n}\n`).join("")}`,
      names,
    );
    assert.equal(cohorts.size, 0);
    assert.match(warnings[0].text, /21 groups in it are more than 20/);
  });

  it("names the cases without a row, the file that is not there, and a patient without a name", async () => {
    await assert.rejects(
      groupsOf("case,reader\na,1\n", ["a", "b", "c"]),
      /expected a row for each case, got none for b, c/,
    );
    const many = Array.from({ length: 12 }, (_, n) => `case${n}`);
    await assert.rejects(groupsOf("case,reader\na,1\n", many), /got none for case0, .*, case7 and 4 others/);
    await assert.rejects(readCaseGroups("/nowhere.csv", []), /\/nowhere\.csv: expected a CSV file, got nothing/);
    await assert.rejects(groupsOf("case,patient\na,\n", ["a"]), /expected a patient for a, got an empty cell/);
  });
});

describe("methodNamesOf", () => {
  it("takes as much of the paths as tells folders apart", () => {
    assert.deepEqual(methodNamesOf(["/runs/unet/", "/runs/swin"]), ["unet", "swin"]);
    assert.deepEqual(methodNamesOf(["/unet/labels", "/swin/labels", "/third"]), [
      "unet/labels",
      "swin/labels",
      "third",
    ]);
    assert.deepEqual(methodNamesOf(["/1/a/b", "/2/a/b"]), ["a/b (1)", "a/b (2)"]);
  });
});
