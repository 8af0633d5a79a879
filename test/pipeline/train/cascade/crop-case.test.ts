import { strict as assert } from "node:assert";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ManifestRegion } from "../../../../pipeline/bundle/manifest-schema.ts";
import { unchangedIntensity } from "../../../../pipeline/kernels/intensity.ts";
import { type CropCaseOptions, cropCase } from "../../../../pipeline/train/cascade/crop-case.ts";
import { fineInputs } from "../../../../pipeline/train/cascade/fine-stage.ts";
import { lookedCase, settledCase } from "../../../../pipeline/train/cascade/found-case.ts";
import { regionReports } from "../../../../pipeline/train/cascade/region-reports.ts";
import { openPreparedCase } from "../../../../pipeline/train/prepare/prepared-case-file.ts";
import type { TurnedCase } from "../../../../pipeline/train/prepare/turned-case.ts";
import { boxesVolume, straightGrid } from "../../../support/boxes-scan.ts";
import { plannedCascade } from "../../../support/made-up-cascade.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const grid = straightGrid([10, 30, 40], [6, 2, 1.5]);
const liver = { start: [2, 4, 5], stop: [7, 14, 20] } as const;
const appendix = { start: [6, 20, 30], stop: [8, 23, 34] } as const;
const image = boxesVolume(grid, [{ box: liver, intensity: 100 }]);
const labels = boxesVolume(grid, [
  { box: liver, intensity: 1 },
  { box: appendix, intensity: 2 },
]);

const turned: TurnedCase = {
  id: "case_1",
  scan: { channels: [image], intensities: [unchangedIntensity], grid, warnings: [] },
  labels: { ...labels, data: Uint8Array.from(labels.data) },
};
const cascade = plannedCascade({ regions: { crops: 3, jitter: 0.2 } });
const regions: readonly ManifestRegion[] = cascade.stages.map(({ rule }) => ({
  ...rule,
  keep: "all",
  marginMm: [0, 0, 0],
}));
/** The coarse network finds the upper half of the liver and no appendix. */
const found = {
  id: "case_1",
  shape: grid.shape,
  spacingMm: [6, 2, 1.5],
  found: { "liver-right": { start: [2, 4, 5], stop: [4, 14, 20] } },
  truth: {},
} as const;

function options(more: Partial<CropCaseOptions> = {}): CropCaseOptions {
  const folder = temporaryFolder();
  for (const { name } of cascade.stages) mkdirSync(join(folder, name));
  return { cascade, regions, found, isHeldOut: false, prefix: "7", folder, signal: undefined, ...more };
}

describe("cropCase", () => {
  it("cuts a held-out case once to what was found, with the labels of the stage alone", async () => {
    const given = options({ isHeldOut: true });
    const { crops, recalls } = await cropCase(turned, given);
    assert.deepEqual(crops[0], {
      id: "case_1#0",
      caseId: "case_1",
      stage: "liver-right",
      isHeldOut: true,
      folder: "7-0",
      shape: [2, 10, 15],
      voxels: [[1, 300]],
      classIds: [1],
    });
    const prepared = openPreparedCase(join(given.folder, "liver-right", "7-0"));
    const block = prepared.readBlock([0, 0, 0], prepared.shape);
    prepared.close();
    assert.deepEqual(prepared.shape, [2, 10, 15]);
    assert.ok(block.image.every((value) => value === 100) && block.labels.every((id) => id === 1));
    // Of 5 slices two lie inside; nothing was found of the appendix, so that the whole case is looked at.
    assert.deepEqual(
      recalls.map(({ stage, source, share }) => [stage, source, share]),
      [
        ["liver-right", "found", 0.4],
        ["appendix", "whole", 1],
      ],
    );
    assert.deepEqual(crops[1].shape, grid.shape);
    assert.deepEqual(crops[1].voxels, [
      [0, 10 * 30 * 40 - 24],
      [2, 24],
    ]);
  });

  it("cuts a training case several times to regions moved by chance, the same for the same seed", async () => {
    const given = options();
    const { crops } = await cropCase(turned, given);
    assert.equal(crops.length, 6);
    assert.deepEqual(readdirSync(join(given.folder, "appendix")).sort(), ["7-0", "7-1", "7-2"]);
    const shapes = crops.slice(0, 3).map(({ shape }) => String(shape));
    assert.equal(new Set(shapes).size, 3);
    for (const { shape } of crops.slice(0, 3)) {
      // 20 % of 2, 10 and 15 voxels: 0, 2 and 3 on each side at most.
      assert.equal(shape[0], 2);
      assert.ok(Math.abs(shape[1] - 10) <= 4 && Math.abs(shape[2] - 15) <= 6);
    }
    const again = await cropCase(turned, options());
    assert.deepEqual(again, { ...again, crops });
    const other = await cropCase(
      turned,
      options({ cascade: plannedCascade({ seed: 2, regions: { crops: 3, jitter: 0.2 } }) }),
    );
    assert.notDeepEqual(other.crops, crops);
  });

  it("leaves what lies there already alone", async () => {
    const given = options({ isHeldOut: true });
    const first = await cropCase(turned, given);
    const empty = { ...turned, labels: { ...turned.labels, data: new Uint8Array(turned.labels.data.length) } };
    const second = await cropCase(empty, given);
    assert.deepEqual(second.crops[0].classIds, first.crops[0].classIds);
    assert.deepEqual(
      second.recalls.map(({ share }) => share),
      [null, null],
    );
  });
});

describe("lookedCase", () => {
  it("boxes what a coarse network found, all of it or the largest piece, and what is there, a stage's classes together", () => {
    const both = plannedCascade({ stages: [{ name: "gut", classes: ["appendix", "Liver (right)"] }] });
    // Coarse voxels twice as large in plane: 1 x 2 x 2 of the fine ones. A piece of two of them, and one far from it.
    const data = new Uint8Array(10 * 15 * 20);
    data[(3 * 15 + 4) * 20 + 5] = 1;
    data[(3 * 15 + 4) * 20 + 6] = 1;
    data[(7 * 15 + 9) * 20 + 1] = 1;
    const idOf = new Map([
      ["Liver (right)", 1],
      ["appendix", 2],
    ]);
    const coarse = { data, shape: [10, 15, 20], idOf, warnings: [] } as const;
    const rule = { ...both.stages[0].rule, minimumMl: 0 };
    const looked = lookedCase(turned, { coarse, stages: [{ ...both.stages[0], rule }] });
    const largest = { start: [3, 8, 10], stop: [4, 10, 14] };
    const all = { start: [3, 8, 2], stop: [8, 20, 14] };
    assert.deepEqual(looked.foundBy, { largest: { gut: largest }, all: { gut: all } });
    assert.deepEqual(looked.truth, { gut: { start: [2, 4, 5], stop: [8, 23, 34] } });
    assert.deepEqual(looked.shape, grid.shape);
    assert.deepEqual(settledCase(looked, new Map([["gut", "largest"]])).found, { gut: largest });
    const nothing = lookedCase(turned, {
      coarse: { ...coarse, data: new Uint8Array(data.length) },
      stages: both.stages,
    });
    assert.deepEqual(nothing.foundBy, { largest: {}, all: {} });
  });
});

describe("fineInputs", () => {
  it("plans a stage from its crops: its class alone, their sizes and frequencies, nothing of held-out ones", async () => {
    const [training, heldOut] = [options(), options({ isHeldOut: true, found: { ...found, id: "case_0" } })];
    const learnt = await cropCase(turned, training);
    const judged = await cropCase({ ...turned, id: "case_0" }, heldOut);
    const ofLiver = [...learnt.crops, ...judged.crops].filter(({ stage }) => stage === "liver-right");
    const { plan, split, dataset } = fineInputs(cascade, cascade.stages[0], ofLiver);
    assert.deepEqual(split, { training: ["case_1#0", "case_1#1", "case_1#2"], validation: ["case_0#0"] });
    assert.deepEqual([plan.classes.length, dataset.classes[0].name, plan.orientation], [1, "Liver (right)", "PSL"]);
    const counts = ofLiver.slice(0, 3).flatMap(({ voxels }) => voxels);
    const sum = (wanted: (id: number) => boolean) =>
      counts.reduce((all, [id, count]) => all + (wanted(id) ? count : 0), 0);
    assert.equal(plan.classFrequencies[1].frequency, sum((id) => id === 1) / sum(() => true));
    assert.ok(plan.patch[1] <= 16 && plan.patch[2] <= 24, `${plan.patch}`);
  });
});

describe("regionReports", () => {
  it("sums up how regions were told and what share of the structure they take in, held-out cases apart", () => {
    const recall = { caseId: "c", stage: regions[0].name, isHeldOut: false, source: "found" } as const;
    const recalls = [
      { ...recall, share: 1 },
      { ...recall, share: 0.5 },
      { ...recall, source: "prior", share: 0.75 } as const,
      { ...recall, source: "whole", share: null } as const,
      { ...recall, isHeldOut: true, share: 1 },
      { ...recall, stage: "other", share: 0 },
    ];
    const [{ training, heldOut }, unseen] = regionReports(regions, { recalls });
    assert.deepEqual(training, {
      found: 2,
      prior: 1,
      whole: 1,
      holders: 3,
      complete: 1,
      meanShare: 0.75,
      leastShare: 0.5,
    });
    assert.deepEqual(heldOut, { found: 1, prior: 0, whole: 0, holders: 1, complete: 1, meanShare: 1, leastShare: 1 });
    assert.deepEqual([unseen.training.holders, unseen.training.meanShare], [0, null]);
  });
});
