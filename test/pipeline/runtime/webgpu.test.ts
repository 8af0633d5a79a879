import { strict as assert } from "node:assert";
import { unet } from "../../../models/architectures/unet.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { inferenceGraph } from "../../../models/inference-graph.ts";
import { listParameters } from "../../../models/training-step.ts";
import { type Engine, openEngine } from "../../../pipeline/runtime/engine.ts";
import type { NetworkSpec } from "../../../pipeline/runtime/network.ts";
import { initialWeights } from "../../../pipeline/train/initial-weights.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { classIds, noise } from "../../support/tiny-networks.ts";
import { tinyModel } from "../../support/tiny-onnx.ts";
import { requireValidator, softwareVulkanDriver } from "../../support/validators.ts";

const shape: Triple = [6, 10, 8];

/** A network of what WebGPU lacks: a grouped convolution down, a transposed one up. */
function groupedAndTransposed(): NetworkSpec {
  const model = tinyModel({
    inputs: [{ name: "image", shape: [1, 2, ...shape] }],
    outputs: [{ name: "logits", shape: [1, 3, ...shape] }],
    nodes: [
      {
        op: "Conv",
        inputs: ["image", "grouped"],
        outputs: ["down"],
        attributes: { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1], strides: [2, 2, 2], group: 2 },
      },
      { op: "LeakyRelu", inputs: ["down"], outputs: ["active"], attributes: { alpha: { float: 0.01 } } },
      {
        op: "ConvTranspose",
        inputs: ["active", "up"],
        outputs: ["logits"],
        attributes: { kernel_shape: [2, 2, 2], strides: [2, 2, 2] },
      },
    ],
    weights: [
      { name: "grouped", shape: [8, 1, 3, 3, 3], data: noise(8 * 27, 5) },
      { name: "up", shape: [8, 3, 2, 2, 2], data: noise(8 * 3 * 8, 6) },
    ],
  });
  return {
    where: "grouped-transposed.onnx",
    model,
    inputChannels: 2,
    patch: { kind: "fixed", size: shape },
    output: { kind: "logits", classIds: classIds(3) },
  };
}

describe("device webgpu", function () {
  this.timeout(120_000);
  let engine: Engine;
  let cpu: Engine;
  before(async function () {
    requireValidator(this, "software Vulkan");
    process.env.VK_DRIVER_FILES ??= softwareVulkanDriver;
    engine = await openEngine({ device: "webgpu" });
    cpu = await openEngine({ device: "cpu" });
  });
  after(async () => {
    await engine?.close();
    await cpu?.close();
  });

  it("runs grouped and transposed 3-D convolutions wholly on the device, with the CPU's labels", async () => {
    const spec = groupedAndTransposed();
    const request = { image: noise(2 * 6 * 10 * 8, 7), shape };
    const found = await engine.predict(await engine.load(spec), request);
    const expected = await cpu.predict(await cpu.load(spec), request);
    assert.equal(found.device, "webgpu");
    // E_DEVICE_PART would say that some operator ran on the CPU.
    assert.deepEqual(found.warnings, []);
    assert.equal(new Set(expected.labels).size, 3);
    assert.deepEqual(found.labels, expected.labels);
  });

  it("runs a U-Net as rarevox trains and delivers it wholly on the device, with the CPU's labels but for ties @slow", async () => {
    const spec = deliveredUnet();
    const request = { image: noise(12 * 20 * 24, 9), shape: [12, 20, 24] as const };
    const found = await engine.predict(await engine.load(spec), request);
    const expected = await cpu.predict(await cpu.load(spec), request);
    assert.deepEqual(found.warnings, []);
    assert.ok(new Set(expected.labels).size > 1);
    const others = [...found.labels.keys()].filter((i) => found.labels[i] !== expected.labels[i]);
    // Two classes may score the same within rounding.
    assert.ok(others.length < 1e-3 * found.labels.length, `${others.length} voxels`);
  });
});

function deliveredUnet(): NetworkSpec {
  const sides = [8, 16, 16] as const;
  const stages = [4, 8, 16].map((features, level) => ({
    features,
    kernel: [3, 3, 3],
    stride: level === 0 ? [1, 1, 1] : [2, 2, 2],
    blocks: 2,
  }));
  const network = unet({ stages, outputs: 3 });
  const { weights } = listParameters(network, [1, 1, ...sides]);
  const drawn = new Map(weights.map((parameter) => [parameter.name, initialWeights(parameter, 3)]));
  return {
    where: "unet.onnx",
    model: encodeModel(inferenceGraph({ name: "unet", network, weights: drawn, channels: 1, sides })),
    inputChannels: 1,
    patch: { kind: "fixed", size: sides },
    output: { kind: "logits", classIds: classIds(3) },
  };
}
