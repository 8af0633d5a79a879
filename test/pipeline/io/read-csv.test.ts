import { strict as assert } from "node:assert";
import { csvRows } from "../../../pipeline/io/read-csv.ts";
import { FormatError } from "../../../pipeline/volume/errors.ts";

const rowsOf = (text: string) => csvRows(Buffer.from(text), { where: "table.csv", next: "Mend it" });

describe("csvRows", () => {
  it("takes the delimiter of the first line, and leaves others in cells", () => {
    assert.deepEqual(rowsOf("a;b\n1,5;2\n"), [
      ["a", "b"],
      ["1,5", "2"],
    ]);
  });

  it("reads quotes, Windows line ends, a byte order mark, spaces and empty lines", () => {
    assert.deepEqual(rowsOf('\uFEFFa, b\r\n\r\n"x ""y"", z",2\r\n'), [
      ["a", "b"],
      ['x "y", z', "2"],
    ]);
  });

  it("has no rows of an empty file", () => {
    assert.deepEqual(rowsOf(""), []);
  });

  it("refuses rows of different lengths, and says what the caller would do", () => {
    assert.throws(
      () => rowsOf("a,b\n1\n"),
      (error) =>
        error instanceof FormatError &&
        error.problem.code === "T_CSV" &&
        error.problem.where === "table.csv" &&
        error.problem.next === "Mend it",
    );
  });
});
