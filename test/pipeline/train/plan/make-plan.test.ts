import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { checkJson } from "../../../../pipeline/bundle/json-schema.ts";
import { makePlan } from "../../../../pipeline/train/plan/make-plan.ts";
import { assertPlanHolds } from "../../../../pipeline/train/plan/plan-rules.ts";
import { planSchema } from "../../../../pipeline/train/plan-schema.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { datasetOf, fingerprintOf } from "../../../support/fingerprint.ts";

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

  it("takes the nearest sides that the network takes: 40 x 56 x 40 becomes 32 x 64 x 32 for Swin UNETR, 48 x 64 x 48 for UNETR", () => {
    const patchFor = (kind: "unet" | "swin-unetr" | "unetr", dimensions: 2 | 3 = 3) =>
      makePlan(fingerprintOf([36, 50, 35], [1, 1, 1]), datasetOf("MR"), { network: { kind }, dimensions }).patch;
    assert.deepEqual(patchFor("unet"), [40, 56, 40]);
    assert.deepEqual(patchFor("swin-unetr"), [32, 64, 32]);
    // 40 / 16 = 2.5 is rounded up.
    assert.deepEqual(patchFor("unetr"), [48, 64, 48]);
    assert.deepEqual(patchFor("swin-unetr", 2), [1, 64, 32]);
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

  it("leaves voxels that nobody looked at out of the frequencies: 9 of 10 and 1 of 10 of the others", () => {
    const [first] = fingerprintOf([10, 10, 10], [1, 1, 1]).cases;
    const fingerprint = {
      ...fingerprintOf([10, 10, 10], [1, 1, 1]),
      cases: [
        {
          ...first,
          voxels: [
            [0, 9],
            [1, 1],
            [7, 990],
          ] as const,
        },
      ],
    };
    const { classFrequencies } = makePlan(fingerprint, { ...datasetOf("MR"), ignoreLabel: 7 });
    assert.deepEqual(
      classFrequencies.map(({ id, frequency }) => [id, frequency]),
      [
        [0, 0.9],
        [1, 0.1],
        [4, 0],
      ],
    );
  });

  it("gives a plan that can be read again, whatever sizes, spacings and budget it is made from", () => {
    const triple = <T>(item: fc.Arbitrary<T>) => fc.tuple(item, item, item);
    const side = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6000 }));
    const spacing = fc.double({ min: 0.05, max: 20, noNaN: true });
    const options = fc.record({
      dimensions: fc.constantFrom(2 as const, 3 as const),
      features: fc.integer({ min: 4, max: 64 }),
      voxelsPerStep: fc.integer({ min: 1000, max: 2_000_000 }),
    });
    fc.assert(
      fc.property(triple(side), triple(spacing), options, (shape: Triple, spacingMm: Triple, choices) => {
        const plan = makePlan(fingerprintOf(shape, spacingMm), datasetOf("MR"), choices);
        checkJson(plan, planSchema, { where: "plan", code: "T_PLAN" });
        assertPlanHolds(plan, "plan");
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a data set without a case to plan for", () => {
    const none = { ...fingerprintOf([10, 10, 10], [1, 1, 1]), cases: [] };
    assert.throws(() => makePlan(none, datasetOf("MR")), /expected a training case that can be used, got none/);
  });
});
