import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makePlan } from "../../../../pipeline/train/plan/make-plan.ts";
import { readPlan, writePlan } from "../../../../pipeline/train/plan/plan-file.ts";
import { assertPlanFits } from "../../../../pipeline/train/plan/plan-rules.ts";
import { datasetOf, fingerprintOf } from "../../../support/fingerprint.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

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
    await assert.rejects(edited({ patch: [40, 50, 40] }), /plan\.json#\/patch\/1: expected a multiple of 8, .* got 50/);
    await assert.rejects(edited({ batch: 0 }), /plan\.json#\/batch/);
    const even = plan.stages.with(1, { ...plan.stages[1], kernel: [2, 3, 3] });
    await assert.rejects(edited({ stages: even }), /stages\/1\/kernel: expected odd sides/);
    await assert.rejects(edited({ dimensions: 2 }), /patch\/0: expected 1 for a 2-D network/);
    const strided = plan.stages.with(0, { ...plan.stages[0], stride: [1, 2, 2] });
    await assert.rejects(edited({ stages: strided, patch: [40, 64, 48] }), /stages\/0\/stride: expected 1, 1, 1/);
    await assert.rejects(edited({ classes: [...plan.classes, plan.classes[0]] }), /classes: .* got 1 twice/);
    await assert.rejects(edited({ ignoreLabel: 4 }), /ignoreLabel: expected a value that is no class, got 4/);
    await assert.rejects(edited({ classFrequencies: [] }), /classFrequencies: expected one of each of 0, 1, 4/);
    const regions = [
      { name: "all", classIds: [1, 4] },
      { name: "ghost", classIds: [9] },
    ];
    await assert.rejects(edited({ regions }), /regions\/1\/classIds: expected one or more of the classes 1, 4, got 9/);
  });
});

describe("assertPlanFits", () => {
  const dataset = datasetOf("MR");
  const plan = makePlan(fingerprintOf([36, 50, 35], [1, 1, 1]), dataset);

  it("takes a plan for the data set that it was made for, with classes renamed", () => {
    const classes = plan.classes.map((each) => ({ ...each, name: `my ${each.name}` }));
    assertPlanFits({ ...plan, classes }, dataset, "plan.json");
  });

  it("refuses one that was made for other channels, classes or unlabelled voxels", () => {
    const against = (other: object) => () => assertPlanFits(plan, { ...dataset, ...other }, "plan.json");
    const two = [...dataset.channels, ...dataset.channels];
    assert.throws(against({ channels: two }), /plan\.json#\/input\/channels: expected 2, as many .* got 1/);
    assert.throws(
      against({ classes: dataset.classes.slice(1) }),
      /#\/classes: expected the label values 4 of test, got 1, 4/,
    );
    assert.throws(against({ ignoreLabel: 9 }), /#\/ignoreLabel: expected 9, as in test, got none/);
  });
});
