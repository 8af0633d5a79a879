import { strict as assert } from "node:assert";
import { boxOf } from "../../../../pipeline/report/charts/box-of.ts";

describe("boxOf", () => {
  it("ends whiskers at values, the outermost within 1.5 interquartile ranges", () => {
    // Quartiles of 0..8 are 2, 4 and 6; the range is 4, so whiskers may reach from -4 to 12: 13 is beyond.
    assert.deepEqual(boxOf([13, 3, 1, 0, 2, 4, 5, 6, 7]), {
      count: 9,
      q1: 2,
      median: 4,
      q3: 6,
      mean: 41 / 9,
      low: 0,
      high: 7,
    });
  });

  it("leaves NaN out, and is nothing without a value", () => {
    assert.equal(boxOf([Number.NaN, 1])?.count, 1);
    assert.equal(boxOf([Number.NaN]), undefined);
    assert.equal(boxOf([]), undefined);
  });
});
