import { strict as assert } from "node:assert";
import { abdomenPhantom } from "../../../fixtures/phantom/abdomen-phantom.ts";
import { loadBundle } from "../../../pipeline/bundle/load-bundle.ts";
import { type Engine, openEngine } from "../../../pipeline/runtime/engine.ts";
import type { NetworkSpec } from "../../../pipeline/runtime/network.ts";
import { segmentScan } from "../../../pipeline/segment-scan.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { mrScan } from "../../support/boxes-scan.ts";
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

  it("segments a phantom with the bundle that ships, wholly on the device, with the CPU's labels but for ties @slow", async () => {
    const bundle = await loadBundle("abdomen-phantom");
    const { scan } = abdomenPhantom({ seed: 4, shape: [24, 48, 56], spacingMm: [10, 6, 6] });
    const read = mrScan(scan);
    const found = await segmentScan(read, bundle, { engine });
    const expected = await segmentScan(read, bundle, { engine: cpu });
    assert.equal(found.provenance.device, "webgpu");
    assert.deepEqual(found.warnings, expected.warnings);
    assert.ok(new Set(expected.labels.data).size > 10);
    const { data } = found.labels;
    const others = [...data.keys()].filter((i) => data[i] !== expected.labels.data[i]).length;
    // Two classes may score the same within rounding.
    assert.ok(others < 1e-3 * data.length, `${others} of ${data.length} voxels`);
  });
});
