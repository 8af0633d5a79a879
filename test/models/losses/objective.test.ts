import { strict as assert } from "node:assert";
import { reduceSum } from "../../../models/graph/operators/index.ts";
import { headWeights, labelsAt } from "../../../models/losses/deep-supervision.ts";
import { needsDistances, objectiveFrom } from "../../../models/losses/index.ts";
import { objectiveOf } from "../../../models/losses/objective.ts";
import { countedOf, targetsOf } from "../../../models/losses/targets.ts";
import { runGraph } from "../../support/run-graph.ts";
import { bareContext } from "../../support/step-context.ts";

describe("targets", () => {
  it("are 1 where the label is one of a channel's, for classes and for regions that overlap", async () => {
    const found = await runGraph((graph) => {
      const labels = graph.floats([0, 3, 7, 9], [1, 1, 4]);
      return {
        classes: targetsOf(labels, [[0], [3], [7]]),
        regions: targetsOf(labels, [[3, 7], [7]]),
        counted: countedOf(labels, 9),
      };
    });
    assert.deepEqual([...(found.get("classes") ?? [])], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
    assert.deepEqual([...(found.get("regions") ?? [])], [0, 1, 1, 0, 0, 0, 1, 0]);
    assert.deepEqual([...(found.get("counted") ?? [])], [1, 1, 1, 0]);
  });
});

describe("deep supervision", () => {
  it("halves the weight from head to head, 1 in all", () => {
    assert.deepEqual(headWeights(1), [1]);
    assert.deepEqual(headWeights(3), [4 / 7, 2 / 7, 1 / 7]);
  });

  it("takes the voxels that torch's nearest-exact interpolation takes: 1, 3, 5 of six, and 2 of four", async () => {
    // torch.nn.functional.interpolate(torch.arange(6.)[None, None], 3, mode="nearest-exact") is [1, 3, 5]
    const found = await runGraph((graph) => {
      const labels = graph.floats(
        Array.from({ length: 24 }, (_, i) => i),
        [1, 1, 4, 6],
      );
      return { coarse: labelsAt(labels, graph.floats([0, 0, 0], [1, 1, 1, 3])) };
    });
    assert.deepEqual([...(found.get("coarse") ?? [])], [13, 15, 17]);
  });

  it("adds the heads' losses by weight, and shows the finest head's terms", async () => {
    const found = await runGraph((graph) => {
      const labels = graph.floats([0, 1, 1, 0], [1, 1, 4]);
      const heads = [graph.floats([1, 2, 3, 4, 0, 0, 0, 0], [1, 2, 4]), graph.floats([10, 20, 0, 0], [1, 2, 2])];
      const sum = {
        name: "sum",
        weight: 0.5,
        loss: ({ logits }: { logits: (typeof heads)[0] }) => reduceSum(logits, { axes: [0, 1, 2] }),
      };
      const { loss, terms } = objectiveOf({ terms: [sum], labelsOfChannels: [[0], [1]], activation: "softmax" })(
        heads,
        labels,
        bareContext(graph),
      );
      return { loss, ...terms };
    });
    assert.equal(found.get("sum")?.[0], 10);
    assert.ok(Math.abs((found.get("loss")?.[0] ?? 0) - 0.5 * ((2 / 3) * 10 + (1 / 3) * 30)) < 1e-5);
  });
});

describe("objectiveFrom", () => {
  it("names each loss by its kind, the second of a kind by its place, and weights them", async () => {
    const found = await runGraph((graph) => {
      const labels = graph.floats([0, 1], [1, 1, 2]);
      const objective = objectiveFrom(
        { terms: [{ kind: "cross-entropy" }, { kind: "cross-entropy", weight: 3 }] },
        {
          names: ["background", "organ"],
          frequencies: [0.5, 0.5],
          labelsOfChannels: [[0], [1]],
          activation: "softmax",
        },
      );
      const { loss, terms } = objective([graph.floats([0, 0, 0, 0], [1, 2, 2])], labels, bareContext(graph));
      return { loss, ...terms };
    });
    const near = (name: string, expected: number) =>
      assert.ok(Math.abs((found.get(name)?.[0] ?? Number.NaN) - expected) < 1e-6, name);
    near("cross-entropy", Math.LN2);
    near("cross-entropy 2", Math.LN2);
    near("loss", 4 * Math.LN2);
  });

  it("adds tau log f to the logits: with frequencies 3/4 and 1/4, a flat prediction of the rare class costs log 4", async () => {
    const found = await runGraph((graph) => {
      const objective = objectiveFrom(
        { terms: [{ kind: "cross-entropy" }], logitAdjustment: 1 },
        {
          names: ["background", "organ"],
          frequencies: [0.75, 0.25],
          labelsOfChannels: [[0], [1]],
          activation: "softmax",
        },
      );
      const logits = graph.floats([0, 0], [1, 2, 1]);
      return { loss: objective([logits], graph.floats([1], [1, 1, 1]), bareContext(graph)).loss };
    });
    assert.ok(Math.abs((found.get("loss")?.[0] ?? 0) - Math.log(4)) < 1e-6);
  });
});

describe("needsDistances", () => {
  it("is true only of a sum with the boundary loss in it", () => {
    assert.equal(needsDistances([{ kind: "dice" }, { kind: "boundary" }]), true);
    assert.equal(needsDistances([{ kind: "dice" }, { kind: "cross-entropy" }]), false);
  });
});
