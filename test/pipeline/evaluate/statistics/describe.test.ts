import { strict as assert } from "node:assert";
import fc from "fast-check";
import {
  describe as describeValues,
  quantileOfSorted,
  sdOf,
} from "../../../../pipeline/evaluate/statistics/describe.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";

const DICE = [0.91, 0.12, 0.78, Number.NaN, 0.88, 0.05, 0.83, 0.79];

describe("describe", () => {
  it("gives NumPy's mean, sample deviation and linear quartiles of the values that are not NaN", () => {
    // v = DICE without NaN; np.mean(v), np.std(v, ddof=1), np.percentile(v, [0, 25, 50, 75, 100]), NumPy 1.24
    const { mean, sd, min, q1, median, q3, max, iqr } = describeValues(DICE);
    assertClose(mean, 0.6228571428571428, { abs: 1e-15 });
    assertClose(sd, 0.3708420277204426, { abs: 1e-15 });
    assertAllClose([min, q1, median, q3, max], [0.05, 0.45, 0.79, 0.855, 0.91], { abs: 1e-15 });
    assertClose(iqr, 0.855 - 0.45, { abs: 1e-15 });
  });

  it("counts NaN apart", () => {
    const { count, undefinedCount } = describeValues(DICE);
    assert.deepEqual([count, undefinedCount], [7, 1]);
  });

  it("gives NaN but for the counts when nothing is defined", () => {
    const { count, undefinedCount, ...rest } = describeValues([Number.NaN, Number.NaN]);
    assert.deepEqual([count, undefinedCount], [0, 2]);
    assert.ok(Object.values(rest).every(Number.isNaN), JSON.stringify(rest));
  });

  it("has no deviation of one value", () => {
    const { mean, sd, q1 } = describeValues([0.3]);
    assert.deepEqual([mean, sd, q1], [0.3, Number.NaN, 0.3]);
  });

  it("gives equal values exactly themselves, and a deviation of exactly 0", () => {
    const { mean, sd } = describeValues([0.1, 0.1, 0.1]);
    assert.deepEqual([mean, sd], [0.1, 0]);
  });

  it("keeps an infinite distance: the mean is infinite, the median is not", () => {
    const { mean, median, max, q3 } = describeValues([1, 2, Infinity, 3, Infinity]);
    assert.deepEqual([mean, median, q3, max], [Infinity, 3, Infinity, Infinity]);
  });

  it("does not depend on the order, to the last bit", () => {
    const shuffled = fc
      .array(fc.double({ min: -1e6, max: 1e6 }), { minLength: 1 })
      .chain((values) =>
        fc.tuple(
          fc.constant(values),
          fc.shuffledSubarray(values, { minLength: values.length, maxLength: values.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([values, other]) => assert.deepEqual(describeValues(values), describeValues(other))),
    );
  });

  it("keeps digits under a large common offset: 1, 2, 3, 4 above 1e9 deviate by sqrt(5 / 3)", () => {
    assertClose(sdOf([1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4]), Math.sqrt(5 / 3), { rel: 1e-12 });
  });
});

describe("quantileOfSorted", () => {
  it("goes 0.3 * 3 = 0.9 of the way from the first to the second of four", () => {
    assertClose(quantileOfSorted([10, 20, 40, 80], 0.3), 19, { abs: 1e-12 });
  });
});
