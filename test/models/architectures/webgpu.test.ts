import { strict as assert } from "node:assert";
import { networkFrom } from "../../../models/architectures/index.ts";
import type { Dialect } from "../../../models/graph/builder.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { rewriteForWebGpu } from "../../../models/graph/rewrite/webgpu.ts";
import { inferenceGraph } from "../../../models/inference-graph.ts";
import { crossEntropy } from "../../../models/losses/cross-entropy.ts";
import { objectiveOf } from "../../../models/losses/objective.ts";
import { sgd } from "../../../models/optimisers/sgd.ts";
import { listParameters, trainingStep } from "../../../models/training-step.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { openTrainingSession } from "../../../pipeline/runtime/training-session.ts";
import { initialCarried, initialWeights } from "../../../pipeline/train/initial-weights.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { type SmallNetwork, smallNetworks } from "../../support/small-networks.ts";
import { requireValidator, softwareVulkanDriver } from "../../support/validators.ts";

const countOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);
const noise = (length: number) => Float32Array.from({ length }, randomFrom("webgpu").normal);

/** Of logits about 1 and losses about 1, in float32 with other orders of sums. */
const TOLERANCE = 1e-3;

async function logitsOn(provider: "cpu" | "webgpu", { settings, context, image }: SmallNetwork) {
  const network = networkFrom(settings, context);
  const { weights, buffers } = listParameters(network, image);
  const values = new Map([...weights, ...buffers].map((each) => [each.name, initialWeights(each, 4)]));
  const [, channels, ...sides] = image;
  const model = encodeModel(inferenceGraph({ name: "small", network, weights: values, channels, sides }));
  const session = await openSession(provider === "cpu" ? model : rewriteForWebGpu(model), {
    provider,
    threads: 1,
    // Fails to open where a single operator has no kernel on the device.
    whollyOnDevice: provider !== "cpu",
  });
  const found = await session.run({ data: noise(countOf(image)), shape: image }, { output: "logits" });
  await session.close();
  return found.data;
}

async function lossesOn(device: "cpu" | "webgpu", { settings, context, image }: SmallNetwork, dialect: Dialect) {
  const [, , ...sides] = image;
  const step = trainingStep({
    network: networkFrom(settings, context),
    imageShape: image,
    optimiser: sgd(),
    dialect,
    objective: objectiveOf({
      terms: [{ name: "cross-entropy", weight: 1, loss: crossEntropy() }],
      labelsOfChannels: [[0], [1], [2]],
      activation: "softmax",
    }),
  });
  const shape = { where: "test", image, labels: [1, 1, ...sides], ...step };
  const session = await openTrainingSession({ model: encodeModel(step.graph), shape, device, threads: 1 });
  await session.write(initialCarried(step.carried, 5));
  const data = noise(countOf(image));
  const labels = Float32Array.from(data.subarray(0, countOf(sides)), (value) => (value > 1 ? 2 : value > 0 ? 1 : 0));
  const losses: number[] = [];
  for (let n = 1; n <= 2; n++)
    losses.push((await session.step({ image: data, labels, learningRate: 0.01, step: n })).loss);
  await session.close();
  return losses;
}

/** The first of its kind in 3-D: a software device needs a minute or more for some. */
function isTrained(small: SmallNetwork): boolean {
  const isOfKind = ({ settings, image }: SmallNetwork) => settings.kind === small.settings.kind && image.length === 5;
  return smallNetworks.find(isOfKind) === small;
}

describe("every architecture on WebGPU", function () {
  this.timeout(240_000);
  before(function () {
    requireValidator(this, "software Vulkan");
    process.env.VK_DRIVER_FILES ??= softwareVulkanDriver;
  });

  for (const small of smallNetworks) {
    it(`${small.name} runs wholly on the device, with the CPU's logits @slow`, async () => {
      const expected = await logitsOn("cpu", small);
      for (const [i, value] of (await logitsOn("webgpu", small)).entries())
        assert.ok(Math.abs(value - expected[i]) < TOLERANCE, `logit ${i}: ${value}, not ${expected[i]}`);
    });

    if (isTrained(small))
      it(`${small.name} takes training steps wholly on the device, with the CPU's losses @slow`, async () => {
        const expected = await lossesOn("cpu", small, "cpu");
        for (const [n, loss] of (await lossesOn("webgpu", small, "standard")).entries())
          assert.ok(Math.abs(loss - expected[n]) < TOLERANCE, `loss ${n}: ${loss}, not ${expected[n]}`);
      });
  }
});
