import { strict as assert } from "node:assert";
import {
  ConfigError,
  EnvironmentError,
  errorFromRecord,
  FormatError,
  GeometryError,
  isNamedError,
  ModelError,
  type Problem,
  ShapeError,
  textOf,
} from "../../../pipeline/volume/errors.ts";

const problem: Problem = {
  code: "T_CODE",
  where: "scan.nii",
  expected: "348 bytes",
  got: "12 bytes",
  next: "Copy the file again",
  offset: 7,
};
const kinds = { ConfigError, EnvironmentError, FormatError, GeometryError, ModelError, ShapeError };

describe("named errors", () => {
  it("say where, what was expected, what was found and what to do, in one line", () => {
    assert.equal(textOf(problem), "scan.nii: expected 348 bytes, got 12 bytes. Copy the file again.");
    for (const [name, Kind] of Object.entries(kinds)) {
      const error = new Kind(problem, { cause: "the reason" });
      assert.equal(String(error), `${name}: ${textOf(problem)}`);
      assert.deepEqual([error.problem, error.cause], [problem, "the reason"]);
    }
  });

  it("are told from others", () => {
    for (const Kind of Object.values(kinds)) assert.ok(isNamedError(new Kind(problem)));
    for (const other of [new Error("no"), new TypeError("no"), problem, undefined, null, "FormatError"])
      assert.ok(!isNamedError(other));
  });
});

describe("errorFromRecord", () => {
  it("gives back the class, the problem and the text that a worker reported", () => {
    for (const [name, Kind] of Object.entries(kinds)) {
      const error = errorFromRecord({ name, problem });
      assert.ok(error instanceof Kind);
      assert.deepEqual([error.problem, error.message], [problem, textOf(problem)]);
    }
  });

  it("gives a plain error for a name that is none of ours, inherited ones included", () => {
    for (const name of ["TypeError", "constructor", "__proto__", "toString", ""]) {
      const error = errorFromRecord({ name, problem });
      assert.ok(!isNamedError(error));
      assert.equal(error.message, textOf(problem));
    }
  });
});
