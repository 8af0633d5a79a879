import { strict as assert } from "node:assert";
import { join } from "node:path";
import { gatherResults } from "../../../pipeline/benchmark/gather-results.ts";
import { planBenchmark } from "../../../pipeline/benchmark/plan-benchmark.ts";
import { readBenchmarkSpec } from "../../../pipeline/benchmark/read-spec.ts";
import { runBenchmark } from "../../../pipeline/benchmark/run-benchmark.ts";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { boxesSpec, writeBoxesBenchmark } from "../../support/benchmark-of-boxes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const place = temporaryFolder();
const trainings = [
  boxesSpec.trainings[0],
  { name: "two-stage", config: {}, cascade: { coarse: { folds: 2, shrink: 1.5 }, regions: { leastMm: 2 } } },
];
const [dataset] = boxesSpec.datasets;
const changes = { trainings, datasets: [{ ...dataset, folds: [0] }], budget: { steps: 20 } };
const { spec, data } = writeBoxesBenchmark(place, changes);

describe("a cascade in a benchmark @slow", function () {
  this.timeout(120_000);

  it("takes the steps of its budget in all, delivers one bundle and is scored like any other method", async () => {
    const paths = new Map([["boxes", data]]);
    const planned = await planBenchmark(await readBenchmarkSpec(spec), { out: join(place, "out"), paths });
    const { failed } = await runBenchmark(planned, { cache: join(place, "cache") });
    assert.deepEqual(failed, []);
    const { costs, scores } = await gatherResults(planned);
    assert.deepEqual(
      costs.map(({ method, steps }) => [method, steps]),
      [
        ["unet/ce", 20],
        ["unet/two-stage", 20],
      ],
    );
    const [one, all] = costs.map(({ parameters }) => parameters);
    assert.ok(all > one, `${all} parameters of three networks, ${one} of one`);
    const ofCascade = scores.filter(({ method }) => method === "unet/two-stage");
    assert.equal(ofCascade.length, 3 * 2 * 2);
    const bundle = await loadBundle(planned.cells[1].place.run.bundle);
    assert.deepEqual(
      bundle.manifest.networks.map(({ name }) => name),
      ["coarse", "large", "small"],
    );
    await bundle.close();
  });
});
