import { strict as assert } from "node:assert";
import { clipFactor, normOf } from "../../../models/optimisers/clip-norm.ts";
import { movingAverage } from "../../../models/optimisers/moving-average.ts";
import { runGraph } from "../../support/run-graph.ts";

describe("movingAverage", () => {
  it("keeps (1 + t) / (10 + t) of a young average and `decay` of an old one", async () => {
    const averageAt = async (step: number) => {
      const found = await runGraph((graph) => {
        const [average, weights] = [graph.floats([2, 0], [2]), graph.floats([4, 8], [2])];
        return { next: movingAverage(average, { weights, step: graph.floats([step]), decay: 0.75 }) };
      });
      return [...(found.get("next") ?? [])];
    };
    const kept = 2 / 11;
    const [first, second] = await averageAt(1);
    assert.ok(Math.abs(first - (4 - 2 * kept)) < 1e-6 && Math.abs(second - (8 - 8 * kept)) < 1e-6);
    assert.deepEqual(await averageAt(1000), [2.5, 2]);
  });
});

describe("clipFactor", () => {
  it("leaves a short gradient alone and shortens a long one to the bound", async () => {
    const factorFor = async (longest: number) => {
      const found = await runGraph((graph) => {
        const norm = normOf([graph.floats([3, 0], [2]), graph.floats([4], [1])]);
        return { norm, factor: clipFactor(norm, longest) };
      });
      assert.equal(found.get("norm")?.[0], 5);
      return found.get("factor")?.[0] ?? Number.NaN;
    };
    assert.equal(await factorFor(6), 1);
    assert.ok(Math.abs((await factorFor(2)) - 0.4) < 1e-6);
  });
});
