import { strict as assert } from "node:assert";
import { randomFrom, randomOfState } from "../../../pipeline/volume/random.ts";
import { assertClose } from "../../support/numbers.ts";

const DRAWS = 100_000;

describe("randomOfState", () => {
  it("gives the outputs of the authors' xoshiro128starstar.c for the state 1, 2, 3, 4", () => {
    const { uniform } = randomOfState([1, 2, 3, 4]);
    const words = Array.from({ length: 10 }, () => uniform() * 2 ** 32);
    assert.deepEqual(
      words,
      [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
    );
  });
});

describe("randomFrom", () => {
  it("gives the same numbers for the same seed, whether number or text, and others for another", () => {
    const draw = (seed: number | string) => Array.from({ length: 5 }, randomFrom(seed).uniform);
    assert.deepEqual(draw(7), draw("7"));
    assert.notDeepEqual(draw(7), draw(8));
  });

  it("forks streams that depend on the seed and their name alone, however much is drawn", () => {
    const fresh = randomFrom("seed").fork("fold-1").uniform();
    const used = randomFrom("seed");
    used.normal();
    used.fork("fold-2").uniform();
    assert.equal(used.fork("fold-1").uniform(), fresh);
    assert.notEqual(used.fork("fold-2").uniform(), fresh);
    assert.notEqual(randomFrom("seed").uniform(), fresh);
  });

  it("spreads uniform numbers evenly: mean 1/2, variance 1/12, a tenth in each tenth", () => {
    const { uniform } = randomFrom("uniform");
    const values = Array.from({ length: DRAWS }, uniform);
    const { mean, variance } = momentsOf(values);
    assertClose(mean, 1 / 2, { abs: 5e-3 });
    assertClose(variance, 1 / 12, { abs: 2e-3 });
    const tenths = new Float64Array(10);
    for (const value of values) tenths[Math.floor(10 * value)]++;
    for (const count of tenths) assertClose(count, DRAWS / 10, { rel: 0.05 });
  });

  it("draws whole numbers from low up to, not including, high", () => {
    const { integer } = randomFrom("integer");
    const counts = new Map<number, number>();
    for (let n = 0; n < DRAWS; n++) {
      const value = integer(-3, 4);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    assert.deepEqual(
      [...counts.keys()].sort((first, second) => first - second),
      [-3, -2, -1, 0, 1, 2, 3],
    );
    for (const count of counts.values()) assertClose(count, DRAWS / 7, { rel: 0.05 });
  });

  it("draws normal numbers of mean 0 and variance 1, 68.3 % of them within one deviation, all finite", () => {
    const { normal } = randomFrom("normal");
    const values = Array.from({ length: DRAWS }, normal);
    const { mean, variance } = momentsOf(values);
    assertClose(mean, 0, { abs: 0.02 });
    assertClose(variance, 1, { abs: 0.03 });
    assertClose(values.filter((value) => Math.abs(value) < 1).length / DRAWS, 0.6827, { abs: 0.01 });
    assert.ok(values.every(Number.isFinite));
  });
});

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}
