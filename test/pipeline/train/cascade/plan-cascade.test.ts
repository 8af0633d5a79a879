import { strict as assert } from "node:assert";
import { coarseSpacing } from "../../../../pipeline/train/cascade/plan-cascade.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { cascadeInputs, plannedCascade } from "../../../support/made-up-cascade.ts";

describe("coarseSpacing", () => {
  it("makes every axis at least so many times the finest, and leaves coarser ones", () => {
    assert.deepEqual(coarseSpacing([6, 2, 1.5], 2), [6, 3, 3]);
    assert.deepEqual(coarseSpacing([1, 1, 1], 2.5), [2.5, 2.5, 2.5]);
    assert.deepEqual(coarseSpacing([6, 2, 1.5], 1), [6, 2, 1.5]);
  });
});

describe("planCascade", () => {
  it("gives each class a stage of its own at the full resolution, and the coarse network a lower one", () => {
    const { coarse, stages } = plannedCascade();
    assert.deepEqual(coarse.plan.spacingMm, [6, 3, 3]);
    assert.deepEqual(
      stages.map(({ name, classes, options }) => [name, classes.map(({ id }) => id), options.spacingMm]),
      [
        ["liver-right", [1], [6, 2, 1.5]],
        ["appendix", [2], [6, 2, 1.5]],
      ],
    );
  });

  it("drops components below 5 % of the median volume of the training cases that hold the structure", () => {
    const [liver, appendix] = plannedCascade().stages;
    // A voxel has 18 mm3: 5,000 are 90 ml, 50 are 0.9 ml.
    assert.deepEqual([liver.rule.minimumMl, appendix.rule.minimumMl], [4.5, 0.9 * 0.05]);
    const [both] = plannedCascade({ stages: [{ name: "gut", classes: ["appendix", "Liver (right)"] }] }).stages;
    // Three training cases of 90 ml and two of 90.9 ml.
    assert.equal(both.rule.minimumMl, 4.5);
    const { dataset } = cascadeInputs();
    const split = { training: ["case_0", "case_1"], validation: dataset.training.slice(2).map(({ id }) => id) };
    const [of2] = plannedCascade(
      { stages: [{ name: "gut", classes: ["appendix", "Liver (right)"] }] },
      { split },
    ).stages;
    // One of 90 ml and one of 90.9 ml: their median is 90.45 ml.
    assert.ok(Math.abs((of2.rule.minimumMl ?? 0) - 90.45 / 20) < 1e-12);
  });

  it("weights classes by how rare they are in the coarse network, and delivers the last weights everywhere", () => {
    const { coarse, stages } = plannedCascade({ seed: 7, fine: { config: { learningRate: 0.5 } } });
    assert.deepEqual(coarse.config.loss.terms[0], {
      kind: "cross-entropy",
      classWeights: { kind: "median-frequency" },
    });
    for (const { config } of [coarse, ...stages]) assert.deepEqual([config.deliver, config.seed], ["last", 7]);
    assert.deepEqual([coarse.config.learningRate, stages[0].config.learningRate], [1e-3, 0.5]);
  });

  it("lets a stage have another network, plan and settings than the others", () => {
    const stage = { name: "appendix", classes: ["appendix"], config: { network: { kind: "self-onn-unet" } } } as const;
    const { stages } = plannedCascade({
      fine: { plan: { features: 8 }, config: { steps: 5, learningRate: 0.5 } },
      stages: [{ ...stage, plan: { spacingMm: [6, 1, 1] } }],
    });
    assert.deepEqual(stages[0].options, { spacingMm: [6, 1, 1], features: 8 });
    const { network, steps, learningRate } = stages[0].config;
    assert.deepEqual([network.kind, steps, learningRate], ["self-onn-unet", 5, 0.5]);
  });

  it("puts the thickest slices first for all networks where one of them looks at slices", () => {
    const { fingerprint } = cascadeInputs();
    const cases = fingerprint.cases.map((each) => ({
      ...each,
      shape: [60, 20, 50] as const,
      spacingMm: [2, 6, 1.5] as const,
    }));
    const sideways = { fingerprint: { ...fingerprint, cases } };
    const flat = plannedCascade({ fine: { plan: { dimensions: 2 } } }, sideways);
    assert.deepEqual([flat.coarse.plan.orientation, flat.coarse.plan.dimensions], ["SPL", 3]);
    assert.deepEqual(flat.stages[0].options.spacingMm, [6, 2, 1.5]);
    assert.equal(plannedCascade({}, sideways).coarse.plan.orientation, "PSL");
  });

  it("refuses stages of one name, of strange classes or of a class twice, and targets that overlap, with C_CASCADE", () => {
    const [first, second] = [
      { name: "a", classes: ["appendix"] },
      { name: "b", classes: ["Liver (right)"] },
    ];
    for (const [stages, got] of [
      [[first, { ...second, name: "a" }], "a"],
      [[{ ...first, name: "coarse" }], "coarse"],
      [[{ ...first, classes: ["cecum"] }], "cecum"],
      [[first, { ...first, name: "b" }], "appendix"],
    ] as const)
      assert.throws(
        () => plannedCascade({ stages: stages as never }),
        (error) => isNamedError(error) && error.problem.code === "C_CASCADE" && error.problem.got === got,
      );
    const follows = { loss: { terms: [{ kind: "dynamic-focal" }] } } as const;
    assert.throws(() => plannedCascade({ fine: { config: follows } }), /losses that see training cases alone/);
    const { dataset } = cascadeInputs();
    const regions = [{ name: "whole", classIds: [1, 2] }];
    assert.throws(() => plannedCascade({}, { dataset: { ...dataset, regions } }), /every voxel has one class/);
  });
});
