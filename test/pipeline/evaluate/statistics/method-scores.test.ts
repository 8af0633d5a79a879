import { strict as assert } from "node:assert";
import { averagedOverRepeats, type MethodScore } from "../../../../pipeline/evaluate/statistics/method-scores.ts";

const score = (method: string, value: number): MethodScore => ({
  case: "c1",
  label: "duct",
  metric: "dice",
  method,
  value,
});

describe("averagedOverRepeats", () => {
  it("means repeats of a method, case and class, leaving NaN out while there is a number", () => {
    const { NaN: none } = Number;
    const repeats = [score("a", 0.25), score("b", none), score("a", 0.75), score("a", none), score("b", none)];
    assert.deepEqual(averagedOverRepeats(repeats), [score("a", 0.5), score("b", none)]);
  });
});
