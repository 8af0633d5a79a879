import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrainingDataset } from "../../../../pipeline/train/dataset/training-dataset.ts";
import type { Fingerprint } from "../../../../pipeline/train/plan/fingerprint.ts";
import { makePlan } from "../../../../pipeline/train/plan/make-plan.ts";
import { readPlan, writePlan } from "../../../../pipeline/train/plan/plan-file.ts";
import { preflight } from "../../../../pipeline/train/plan/preflight.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const classes = [
  { id: 1, name: "liver", colorRgb: [1, 2, 3] as const },
  { id: 4, name: "duct", colorRgb: [4, 5, 6] as const },
];

function datasetOf(modality: string): TrainingDataset {
  return { name: "test", path: "/test", channels: [{ name: modality, modality }], classes, training: [], testing: [] };
}

function fingerprintOf(shape: Triple, spacingMm: Triple, { count = 10, nonZeroBox = 1 } = {}): Fingerprint {
  const voxels = [
    [0, 900],
    [1, 99],
    [4, 1],
  ] as const;
  return {
    orientation: "SPL",
    cases: Array.from({ length: count }, (_, n) => ({
      id: `case ${n}`,
      shape,
      spacingMm,
      nonZeroBox,
      voxels: n === 0 ? voxels : voxels.slice(0, 2),
    })),
    intensities: [{ mean: 50, std: 20, percentile00_5: -100, percentile99_5: 200 }],
  };
}

describe("makePlan", () => {
  it("plans the hippocampus as nnU-Net does but for a batch of 4 and 16 features", () => {
    const plan = makePlan(fingerprintOf([36, 50, 35], [1, 1, 1], { count: 208 }), datasetOf("MR"));
    assert.deepEqual([plan.patch, plan.batch, plan.dimensions], [[40, 56, 40], 4, 3]);
    assert.deepEqual(
      plan.stages.map(({ features }) => features),
      [16, 32, 64, 128],
    );
    assert.deepEqual(plan.input.channels[0].normalisation, { kind: "z-score", over: "volume" });
  });

  it("windows CT by the foreground's 0.5 and 99.5 percentiles, and counts only what is not 0 of mostly empty images", () => {
    const normalisationOf = (modality: string, nonZeroBox: number) =>
      makePlan(fingerprintOf([64, 64, 64], [1, 1, 1], { nonZeroBox }), datasetOf(modality)).input.channels[0]
        .normalisation;
    assert.deepEqual(normalisationOf("CT", 1), { kind: "window", lower: -100, upper: 200, mean: 50, std: 20 });
    assert.deepEqual(normalisationOf("MR", 0.5), { kind: "z-score", over: "non-zero" });
  });

  it("keeps a step's voxels within the budget, whatever the size of the images", () => {
    for (const shape of [
      [300, 512, 512],
      [30, 512, 400],
      [1000, 100, 90],
    ] as const) {
      const { patch, batch, stages } = makePlan(fingerprintOf(shape, [1, 1, 1]), datasetOf("MR"), {
        voxelsPerStep: 200_000,
      });
      assert.ok(batch * patch[0] * patch[1] * patch[2] <= 200_000, `${batch} of ${patch}`);
      const step = [0, 1, 2].map((axis) => stages.reduce((product, { stride }) => product * stride[axis], 1));
      assert.ok(patch.every((side, axis) => side % step[axis] === 0));
    }
  });

  it("plans a 2-D network for single slices, and on request", () => {
    assert.deepEqual(makePlan(fingerprintOf([1, 200, 180], [1, 1, 1]), datasetOf("US")).patch[0], 1);
    const asked = makePlan(fingerprintOf([40, 200, 180], [3, 1, 1]), datasetOf("MR"), { dimensions: 2 });
    assert.deepEqual([asked.dimensions, asked.patch[0], asked.mirrorAxes], [2, 1, [1, 2]]);
  });

  it("takes the slices of a 2-D network across the coarsest axis, wherever that is stored", () => {
    const plan = makePlan(fingerprintOf([200, 180, 40], [1, 1.5, 4]), datasetOf("MR"), { dimensions: 2 });
    assert.deepEqual([plan.orientation, plan.spacingMm], ["LSP", [4, 1, 1.5]]);
    assert.equal(plan.patch[0], 1);
  });

  it("says how often each class is seen: 10 cases of 1000, 999 times 9 voxels", () => {
    const { classFrequencies } = makePlan(fingerprintOf([10, 10, 10], [2, 1, 1]), datasetOf("MR"));
    const total = 1000 + 9 * 999;
    assert.deepEqual(classFrequencies, [
      { id: 0, frequency: 9000 / total, cases: 10 },
      { id: 1, frequency: 990 / total, cases: 10 },
      { id: 4, frequency: 1 / total, cases: 1 },
    ]);
  });
});

describe("plan files", () => {
  const plan = makePlan(fingerprintOf([36, 50, 35], [1, 1, 1]), datasetOf("MR"));
  const path = join(temporaryFolder(), "plan.json");

  it("come back as they were written", async () => {
    await writePlan(path, plan);
    assert.deepEqual(await readPlan(path), plan);
  });

  it("are refused by the place of the mistake that an edit made", async () => {
    const edited = async (change: object) => {
      writeFileSync(path, JSON.stringify({ ...plan, ...change }));
      return readPlan(path);
    };
    await assert.rejects(edited({ patch: [40, 50, 40] }), /plan\.json#\/patch\/1: expected a multiple of 8, got 50/);
    await assert.rejects(edited({ batch: 0 }), /plan\.json#\/batch/);
    const even = plan.stages.with(1, { ...plan.stages[1], kernel: [2, 3, 3] });
    await assert.rejects(edited({ stages: even }), /stages\/1\/kernel: expected odd sides/);
    await assert.rejects(edited({ dimensions: 2 }), /patch\/0: expected 1 for a 2-D network/);
  });
});

describe("preflight", () => {
  it("warns of a class below a voxel of the target spacing, of folds that miss it or have all of it, and of absent ones", () => {
    const fingerprint = fingerprintOf([10, 10, 10], [1, 1, 1]);
    const plan = { ...makePlan(fingerprint, datasetOf("MR")), spacingMm: [2, 1, 1] as const };
    const folds = [
      ["case 0", "case 1"],
      ["case 2", "case 3"],
    ];
    const found = preflight({ plan, fingerprint, folds });
    assert.deepEqual(
      found.map(({ code, where }) => [code, where]),
      [
        ["T_CLASS_SMALL", "duct"],
        ["T_FOLD_CLASS", "duct"],
        ["T_FOLD_CLASS", "duct"],
      ],
    );
    assert.match(found[1].text, /all cases with it are in fold 0/);
    assert.match(found[2].text, /no case of fold 1 holds it/);
    const absent = { ...plan, classes: [...plan.classes, { id: 9, name: "ghost", colorRgb: [0, 0, 0] as const }] };
    assert.deepEqual(preflight({ plan: absent, fingerprint, folds }).at(-1)?.code, "T_CLASS_ABSENT");
  });
});
