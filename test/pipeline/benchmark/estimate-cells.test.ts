import { strict as assert } from "node:assert";
import { join } from "node:path";
import { staticCostOf } from "../../../pipeline/benchmark/cell-cost.ts";
import { cellEstimator } from "../../../pipeline/benchmark/estimate-cells.ts";
import { planBenchmark } from "../../../pipeline/benchmark/plan-benchmark.ts";
import { readBenchmarkSpec } from "../../../pipeline/benchmark/read-spec.ts";
import { writeBoxesBenchmark } from "../../support/benchmark-of-boxes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const place = temporaryFolder();
const cost = {
  parameters: 1,
  flopsPerPatch: 1e6,
  steps: 30,
  trainingSeconds: 15,
  inferenceSecondsPerCase: 2,
  peakMemoryBytes: 1,
};

async function cellsOf(changes: object) {
  const { spec, data } = writeBoxesBenchmark(place, changes);
  const options = { out: join(place, "out"), paths: new Map([["boxes", data]]) };
  return (await planBenchmark(await readBenchmarkSpec(spec), options)).cells;
}

describe("cellEstimator", () => {
  it("expects of the same network the same time for each step and case: 60 steps of 0.5 s, 3 cases of 2 s", async () => {
    const [cell] = await cellsOf({ budget: { steps: 60 } });
    const estimator = await cellEstimator([]);
    const { flopsPerPatch } = staticCostOf(cell);
    estimator.learn(cell, { ...cost, flopsPerPatch });
    assert.ok(Math.abs(estimator.secondsOf(cell) - (60 * 0.5 + 3 * 2)) < 1e-9);
  });

  it("takes the minutes of the budget for training", async () => {
    const [cell] = await cellsOf({ budget: { minutes: 2 } });
    const estimator = await cellEstimator([]);
    estimator.learn(cell, cost);
    assert.equal(estimator.secondsOf(cell), 120 + 3 * 2);
  });
});
