import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import {
  areaPercentile,
  countedPercentile,
  meanDistance,
  pooled,
  tallyOf,
  totalOf,
  within,
} from "../../../../pipeline/evaluate/surface/distance-tally.ts";
import { assertClose } from "../../../support/numbers.ts";
import { slowPercentile } from "../../../support/slow-surfaces.ts";

const distances = fc.array(fc.constantFrom(0, 0.5, 1, Math.SQRT2, 2, 3, 10.25), { minLength: 1, maxLength: 40 });

function counted(values: readonly number[]) {
  const weights = new Map<number, number>();
  for (const value of values) weights.set(value, (weights.get(value) ?? 0) + 1);
  return tallyOf(weights);
}

describe("a tally of distances", () => {
  it("has the mean, the percentiles and the share of the list that it counts", () =>
    fc.assert(
      fc.property(distances, fc.constantFrom(0, 5, 50, 95, 100), (values, percent) => {
        const tally = counted(values);
        assert.equal(totalOf(tally), values.length);
        assertClose(countedPercentile(tally, percent), slowPercentile(values, percent), { abs: 1e-12 });
        assertClose(meanDistance(tally), values.reduce((sum, value) => sum + value, 0) / values.length, { abs: 1e-12 });
        assert.equal(within(tally, 1.5), values.filter((value) => value <= 1.5).length);
      }),
    ));

  it("pools with another one to that of both lists", () =>
    fc.assert(
      fc.property(distances, distances, (first, second) => {
        assert.deepEqual(pooled(counted(first), counted(second)), counted([...first, ...second]));
      }),
    ));

  it("is NaN where it is empty", () => {
    const nothing = tallyOf(new Map());
    for (const value of [meanDistance(nothing), countedPercentile(nothing, 95), areaPercentile(nothing, 95)])
      assert.equal(value, Number.NaN);
  });
});

describe("areaPercentile", () => {
  it("is the distance at which the area reaches the share: of 1, 2 and 7 mm² at 0, 1 and 4 mm", () => {
    const tally = tallyOf(
      new Map([
        [4, 7],
        [0, 1],
        [1, 2],
      ]),
    );
    const found = [0, 10, 10.5, 30, 30.5, 95, 100].map((percent) => areaPercentile(tally, percent));
    assert.deepEqual(found, [0, 0, 1, 1, 4, 4, 4]);
  });
});
