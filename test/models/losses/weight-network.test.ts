import { strict as assert } from "node:assert";
import { reduceMean, reshape } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { crossEntropyMap } from "../../../models/losses/cross-entropy.ts";
import { weightNetwork } from "../../../models/losses/weight-network.ts";
import { keptBuffers } from "../../support/kept-buffers.ts";
import { runGraph } from "../../support/run-graph.ts";
import { bareContext } from "../../support/step-context.ts";

/**
 * Two patches of two voxels: the first has a voxel of the rare class that is badly missed, the second background that is
 * mildly taken for it. The balanced loss asks for more of the class: with the first patch, against the second.
 */
const logits = [2, 4, -2, -4, 0.2, 0.2, 0, 0];
const target = [1, 0, 0, 1, 1, 1, 0, 0];

/** Weights after so many steps of the weight network, each from what the one before kept. */
async function weightsAfter(steps: number): Promise<readonly number[]> {
  let kept: Readonly<Record<string, readonly number[]>> = {};
  let weights: readonly number[] = [];
  for (let step = 1; step <= steps; step++) {
    const found = await runGraph((graph) => {
      const buffers = keptBuffers(graph, kept);
      const constant = (name: string, values: readonly number[]) =>
        graph.constant(floatTensor(name, [2, values.length / 4, 2], values));
      const finest = {
        logits: constant("logits", logits),
        target: constant("target", target),
        activation: "softmax" as const,
      };
      const losses = reshape(reduceMean(crossEntropyMap(finest), { axes: [1, 2] }), [2]);
      const context = bareContext(graph, {
        buffer: buffers.buffer,
        step: graph.floats([step]),
        features: new Map([["voxels", constant("features", [1, 1, 1, 1])]]),
      });
      const weights = weightNetwork({ learningRate: 0.01 }).weigh({ losses, finest, context });
      return { weights, ...buffers.outputs() };
    });
    weights = [...(found.get("weights") ?? [])];
    kept = Object.fromEntries(
      [...found].filter(([name]) => name.startsWith("next.")).map(([name, values]) => [name.slice(5), [...values]]),
    );
  }
  return weights;
}

describe("weightNetwork", () => {
  it("starts with weights between 0 and 1 that depend on the loss alone", async () => {
    const weights = await weightsAfter(1);
    assert.ok(
      weights.every((weight) => weight > 0 && weight < 1),
      `[${weights}]`,
    );
  });

  it("learns to give more to the patch whose gradient goes with that of the class-balanced loss, and less to the other", async () => {
    const [first, second] = await weightsAfter(1);
    const [later, laterSecond] = await weightsAfter(25);
    assert.ok(later > first + 0.05 && laterSecond < second - 0.05, `${first}, ${second} to ${later}, ${laterSecond}`);
  });

  it("refuses a network that does not show the features of its voxels", async () => {
    await assert.rejects(
      runGraph((graph) => {
        const zeros = graph.constant(floatTensor("zeros", [1, 2, 1], [0, 0]));
        const finest = { logits: zeros, target: zeros, activation: "softmax" as const };
        const context = bareContext(graph, { buffer: keptBuffers(graph).buffer });
        return { weights: weightNetwork().weigh({ losses: graph.floats([1], [1]), finest, context }) };
      }),
      /shows the features of its voxels/,
    );
  });
});
