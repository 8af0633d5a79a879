import { strict as assert } from "node:assert";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatherResults } from "../../../pipeline/benchmark/gather-results.ts";
import { type PlannedBenchmark, planBenchmark } from "../../../pipeline/benchmark/plan-benchmark.ts";
import { readBenchmarkSpec } from "../../../pipeline/benchmark/read-spec.ts";
import { type CellEvent, runBenchmark } from "../../../pipeline/benchmark/run-benchmark.ts";
import { readScan } from "../../../pipeline/io/read-scan.ts";
import type { BenchmarkResults } from "../../../pipeline/report/benchmark-results.ts";
import { voxelVolumeMm3Of } from "../../../pipeline/volume/affine.ts";
import { boxesSpec, writeBoxesBenchmark } from "../../support/benchmark-of-boxes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const place = temporaryFolder();
const out = join(place, "out");
const seeds = [1, 2];
const { spec, data } = writeBoxesBenchmark(place, { seeds, trainings: boxesSpec.trainings.slice(0, 1) });

/** Voxels with each pair of labels, counted one by one. */
async function slowCounts(prediction: string, reference: string) {
  const [found, wanted] = await Promise.all(
    [prediction, reference].map(async (path) => (await readScan(path)).channels[0].data),
  );
  const counts = [0, 1, 2].map(() => [0, 0, 0]);
  for (let i = 0; i < wanted.length; i++) counts[wanted[i]][found[i]]++;
  return counts;
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 1e-9, `${value} ${expected}`);

describe("gatherResults @slow", function () {
  this.timeout(120_000);
  let planned: PlannedBenchmark;
  let results: BenchmarkResults;
  const events: CellEvent[] = [];

  before(async () => {
    planned = await planBenchmark(await readBenchmarkSpec(spec), { out, paths: new Map([["boxes", data]]) });
    const shard = { number: 1, count: 2 };
    const onCell = (event: CellEvent) => void events.push(event);
    await runBenchmark(planned, { cache: join(place, "cache"), shard, onCell });
    results = await gatherResults(planned);
  });

  it("has the Dice of each held-out case as counted voxel by voxel, and their sums as confusions", async () => {
    const { cells } = planned;
    const all = [0, 1, 2].map(() => [0, 0, 0]);
    for (const cell of cells.filter(({ seed }) => seed === 1))
      for (const [index, id] of cell.split.validation.entries()) {
        const reference = join(data, "labelsTr", `${id}.nii.gz`);
        const counts = await slowCounts(cell.place.caseFiles(index).labels, reference);
        for (const [label, name] of ["background", "large", "small"].entries()) {
          for (const found of [0, 1, 2]) all[label][found] += counts[label][found];
          if (label === 0) continue;
          const sizes = sumOf(counts[label]) + sumOf(counts.map((row) => row[label]));
          const score = results.scores.find(
            (each) => each.case === id && each.label === name && each.metric === "dice" && each.seed === 1,
          );
          near(score?.value ?? Number.NaN, (2 * counts[label][label]) / sizes);
        }
      }
    assert.deepEqual(results.confusions, [
      { dataset: "boxes", method: "unet/ce", labels: ["background", "large", "small"], voxels: all },
    ]);
  });

  it("has the size of each structure in ml, as counted voxel by voxel times what a voxel holds", async () => {
    const { training } = planned.studies[0].dataset;
    assert.equal(results.sizes.length, 2 * training.length);
    for (const { id } of training) {
      const reference = await readScan(join(data, "labelsTr", `${id}.nii.gz`));
      const [grid] = reference.channels;
      for (const [index, label] of ["large", "small"].entries()) {
        const count = grid.data.filter((value) => value === index + 1).length;
        const size = results.sizes.find((each) => each.case === id && each.label === label);
        near(size?.ml ?? Number.NaN, (count * voxelVolumeMm3Of(grid.indexToLps)) / 1000);
      }
    }
  });

  it("has one score for each case, class and metric of the cells that are done, and names those that are not", () => {
    assert.equal(results.scores.length, 6 * 2 * 2);
    assert.deepEqual(
      results.missing,
      [0, 1].map((fold) => ({ dataset: "boxes", method: "unet/ce", fold, seed: 2 })),
    );
    assert.deepEqual(results.failures, []);
    assert.equal(results.baseline, "unet/ce");
  });

  it("adds up what the log says that steps and waits took, for costs and for curves", () => {
    for (const [n, cost] of results.costs.entries()) {
      const { place: folder } = planned.cells.filter(({ seed }) => seed === 1)[n];
      const lines = readFileSync(folder.run.log, "utf8").trim().split("\n");
      const steps = lines
        .map((line) => JSON.parse(line) as { kind: string; milliseconds: number; waitMilliseconds: number })
        .filter(({ kind }) => kind === "step")
        .map(({ milliseconds, waitMilliseconds }) => (milliseconds + waitMilliseconds) / 1000);
      assert.equal(cost.steps, 6);
      near(cost.trainingSeconds, sumOf(steps));
      const curve = results.curves.filter(({ fold, label }) => fold === cost.fold && label === "large");
      assert.deepEqual(
        curve.map(({ step }) => step),
        [3, 6],
      );
      near(curve[0].seconds, sumOf(steps.slice(0, 3)));
      near(curve[1].seconds, sumOf(steps));
      // A U-Net of two stages with 4 and 8 features, and less than 4 GiB for all of its processes.
      assert.ok(cost.parameters > 1000 && cost.flopsPerPatch > 1e6);
      assert.ok(cost.inferenceSecondsPerCase > 0 && cost.inferenceSecondsPerCase < 60);
      assert.ok(Number.isNaN(cost.peakMemoryBytes) || (cost.peakMemoryBytes > 1e8 && cost.peakMemoryBytes < 4e9));
    }
  });

  it("shows the best, the median and the worst case as pictures", () => {
    assert.deepEqual(
      results.slices.map(({ rank }) => rank),
      ["best", "median", "worst"],
    );
    const [best, median, worst] = results.slices.map(({ dice }) => dice);
    assert.ok(best >= median && median >= worst);
    for (const { png } of results.slices) assert.equal(Buffer.from(png.subarray(1, 4)).toString(), "PNG");
  });

  it("says class frequencies, colours and what was done", () => {
    const [large, small] = results.classes;
    // Boxes of 5 x 8 x 6 and 3 x 3 x 3 voxels, sometimes one over the other, in 13 to 15 planes of 18 x 15.
    assert.ok(large.frequency > 200 / (14 * 270) && large.frequency < 240 / (14 * 270) + 0.001);
    assert.ok(small.frequency <= 27 / (13 * 270));
    assert.match(large.color, /^#[0-9a-f]{6}$/);
    assert.match(results.facts.budget, /^6 training steps per cell$/);
    assert.match(results.facts.folds, /^boxes: 0, 1 of 2 held out in turn/);
  });

  it("told of each cell when it began, how far it was and how it ended", () => {
    const kinds = events.map(({ kind }) => kind).filter((kind, n, all) => kind !== all[n - 1]);
    assert.deepEqual(kinds, ["started", "progress", "done", "started", "progress", "done"]);
    const texts = events.flatMap((event) =>
      event.kind === "progress" ? [`${event.work} ${event.done}/${event.total}`] : [],
    );
    assert.deepEqual(
      texts.slice(0, 9),
      [1, 2, 3, 4, 5, 6].map((n) => `step ${n}/6`).concat([1, 2, 3].map((n) => `case ${n}/3`)),
    );
  });

  it("takes up the labels that an earlier process left, and segments anew where they are half there", async () => {
    const [cell] = planned.cells;
    const before = readFileSync(cell.place.scores);
    const { state, caseFiles } = cell.place;
    for (const path of [state, caseFiles(0).scores, caseFiles(1).scores, caseFiles(1).inference]) rmSync(path);
    writeFileSync(caseFiles(1).labels, "cut off");
    await runBenchmark(planned, { cache: join(place, "cache"), shard: { number: 1, count: 4 } });
    assert.deepEqual(readFileSync(cell.place.scores), before);
  });
});
