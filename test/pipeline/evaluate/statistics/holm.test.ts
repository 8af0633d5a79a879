import { strict as assert } from "node:assert";
import fc from "fast-check";
import { holmAdjusted } from "../../../../pipeline/evaluate/statistics/holm.ts";
import { assertAllClose } from "../../../support/numbers.ts";

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("holmAdjusted", () => {
  it("multiplies the smallest of four by 4, the next by 3, and lets none fall below one before it", () => {
    // 0.005 * 4, 0.01 * 3, 0.03 * 2 and 0.04 * 1, which is raised to the 0.06 before it.
    assertAllClose(holmAdjusted([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02], { abs: 1e-15 });
  });

  it("stops at 1", () => {
    assert.deepEqual(holmAdjusted([0.6, 0.9]), [1, 1]);
  });

  it("leaves NaN where it is and does not count it", () => {
    assert.deepEqual(holmAdjusted([0.25, Number.NaN, 0.5]), [0.5, Number.NaN, 0.5]);
  });

  it("keeps the order of the p values, lowers none, and lies between them and Bonferroni's", () => {
    fc.assert(
      fc.property(pValues, (values) => {
        const adjusted = holmAdjusted(values);
        for (const [n, value] of values.entries()) {
          assert.ok(adjusted[n] >= value && adjusted[n] <= Math.min(1, values.length * value));
          for (const [m, other] of values.entries()) assert.ok(value > other || adjusted[n] <= adjusted[m]);
        }
      }),
    );
  });

  it("refuses exactly what stepping down by hand refuses", () => {
    fc.assert(
      fc.property(pValues, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (values, level) => {
        const sorted = [...values].sort((first, second) => first - second);
        const stop = sorted.findIndex((value, n) => (values.length - n) * value > level);
        const refused = stop < 0 ? sorted.length : stop;
        assert.equal(holmAdjusted(values).filter((value) => value <= level).length, refused);
      }),
    );
  });
});
