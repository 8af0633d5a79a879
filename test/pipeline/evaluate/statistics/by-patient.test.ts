import { strict as assert } from "node:assert";
import { meanOverCases, valuesByPatient } from "../../../../pipeline/evaluate/statistics/by-patient.ts";

const score = (name: string, value: number) => ({ case: name, value });

describe("valuesByPatient", () => {
  it("puts a patient's defined values together, by the order of case names and not of rows", () => {
    const values = [score("p2-a", 5), score("p1-b", 2), score("p3-a", Number.NaN), score("p1-a", 1)];
    const patientOf = (name: string) => name.slice(0, 2);
    assert.deepEqual(valuesByPatient(values, patientOf), [[1, 2], [5]]);
    assert.deepEqual(valuesByPatient(values.toReversed(), patientOf), [[1, 2], [5]]);
  });

  it("takes each case for a patient when nobody says otherwise", () => {
    assert.deepEqual(valuesByPatient([score("b", 2), score("a", 1)]), [[1], [2]]);
  });
});

describe("meanOverCases", () => {
  it("weighs cases alike, not patients: (1 + 1 + 1 + 5) / 4", () => {
    assert.equal(meanOverCases([[1, 1, 1], [5]]), 2);
  });

  it("is exactly the value of equal cases, and NaN of none", () => {
    assert.deepEqual([meanOverCases([[0.1, 0.1], [0.1]]), meanOverCases([])], [0.1, Number.NaN]);
  });
});
