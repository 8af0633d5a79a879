import { strict as assert } from "node:assert";
import { averageRanks } from "../../../../pipeline/evaluate/statistics/ranks.ts";
import { rankSumChances } from "../../../../pipeline/evaluate/statistics/signed-ranks.ts";

describe("averageRanks", () => {
  it("lets equal values share the mean of their ranks: 1, 2, and 3 and 4 as 3.5", () => {
    assert.deepEqual(averageRanks([3, 1, 3, 2]), [3.5, 1, 3.5, 2]);
  });

  it("ranks infinities as equals, and NaN behind them", () => {
    assert.deepEqual(averageRanks([Number.NaN, Infinity, 0, Infinity, Number.NaN]), [4.5, 2.5, 1, 2.5, 4.5]);
  });
});

describe("rankSumChances", () => {
  it("spreads 1, 2, 3 over their sums as 1, 1, 1, 2, 1, 1, 1 of 8", () => {
    const atWholeSums = [...rankSumChances([1, 2, 3])].filter((_, index) => index % 2 === 0);
    assert.deepEqual(
      atWholeSums.map((chance) => 8 * chance),
      [1, 1, 1, 2, 1, 1, 1],
    );
  });

  it("holds half ranks apart: 1.5 and 1.5 reach 0, 1.5 twice as often, and 3", () => {
    assert.deepEqual([...rankSumChances([1.5, 1.5])], [0.25, 0, 0, 0.5, 0, 0, 0.25]);
  });
});
