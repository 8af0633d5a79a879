import { strict as assert } from "node:assert";
import { kendallTau } from "../../../../pipeline/evaluate/statistics/kendall.ts";
import { assertClose } from "../../../support/numbers.ts";

describe("kendallTau", () => {
  it("gives scipy.stats.kendalltau with and without ties", () => {
    // stats.kendalltau(first, second).correlation, SciPy 1.10.1
    assertClose(kendallTau([1, 2, 3, 4, 5], [2, 1, 3, 5, 4]), 0.6, { abs: 1e-15 });
    assertClose(kendallTau([1, 2.5, 2.5, 4], [1, 3, 2, 4]), 0.912870929175277, { abs: 1e-15 });
    assertClose(kendallTau([1, 2, 2, 4, 5], [3, 3, 1, 5, 4]), 4 / 9, { abs: 1e-15 });
  });

  it("is NaN where one sequence has no order", () => {
    assert.deepEqual([kendallTau([1, 1, 1], [1, 2, 3]), kendallTau([1], [1])], [Number.NaN, Number.NaN]);
  });
});
