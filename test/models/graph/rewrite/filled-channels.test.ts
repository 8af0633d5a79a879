import { strict as assert } from "node:assert";
import { type Dialect, graphBuilder } from "../../../../models/graph/builder.ts";
import { decodeModel } from "../../../../models/graph/decode.ts";
import { encodeModel } from "../../../../models/graph/encode.ts";
import { conv } from "../../../../models/graph/operators/index.ts";
import { rewriteForWebGpu } from "../../../../models/graph/rewrite/webgpu.ts";
import { floatTensor } from "../../../../models/graph/tensor.ts";
import { openSession } from "../../../../pipeline/runtime/onnx-runtime.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { noise } from "../../../support/tiny-networks.ts";
import { requireValidator, softwareVulkanDriver } from "../../../support/validators.ts";

/** Sums of up to 33 × 9 products of numbers below 1 in another order. */
const SUM_TOLERANCE = { abs: 1e-4 };

const sides = [5, 7];

/** A convolution to 4 channels, 3 x 3 unless `kernel` says more. */
function modelOf(
  channels: number,
  { kernel = [3, 3], dialect = "cpu", groups = 1 }: { kernel?: number[]; dialect?: Dialect; groups?: number } = {},
): Uint8Array {
  const graph = graphBuilder("conv", { dialect });
  const image = graph.input("image", [2, channels, ...sides.slice(0, kernel.length)]);
  const shape = [4, channels / groups, ...kernel];
  const count = shape.reduce((product, side) => product * side, 1);
  const weight = graph.constant(floatTensor("weight", shape, noise(count, 1)));
  return encodeModel(graph.build({ result: conv(image, { weight, groups, pads: kernel.flatMap(() => [1, 1]) }) }));
}

async function resultOf(model: Uint8Array, provider: "cpu" | "webgpu"): Promise<Float32Array> {
  const session = await openSession(model, { provider, threads: 1, whollyOnDevice: provider !== "cpu" });
  const shape = session.inputs[0].shape.map(Number);
  const length = shape.reduce((product, side) => product * side, 1);
  const { data } = await session.run({ data: noise(length, 2), shape }, { output: "result" });
  await session.close();
  return data;
}

const padsIn = (model: Uint8Array) => decodeModel(model).nodes.filter(({ op }) => op === "Pad").length;

describe("filledChannels", function () {
  this.timeout(60_000);

  for (const channels of [6, 9, 21, 33])
    it(`leaves what a convolution of ${channels} channels computes as it is, with a multiple of 4 of them`, async () => {
      const model = modelOf(channels);
      const rewritten = rewriteForWebGpu(model);
      assert.equal(padsIn(rewritten), 2);
      assertAllClose(await resultOf(rewritten, "cpu"), await resultOf(model, "cpu"), SUM_TOLERANCE);
      assert.equal(padsIn(modelOf(channels, { dialect: "standard" })), 2);
    });

  for (const [name, channels, options] of [
    ["3 channels", 3, {}],
    ["12 channels", 12, {}],
    ["14 channels", 14, {}],
    ["groups", 12, { groups: 2 }],
  ] as const)
    it(`leaves a convolution of ${name} alone`, () => {
      const model = modelOf(channels, options);
      assert.equal(rewriteForWebGpu(model), model);
      assert.equal(padsIn(modelOf(channels, { ...options, dialect: "standard" })), 0);
    });

  it("gives the CPU's results on WebGPU, in 1-D and 2-D @slow", async function () {
    this.timeout(240_000);
    requireValidator(this, "software Vulkan");
    process.env.VK_DRIVER_FILES ??= softwareVulkanDriver;
    for (const kernel of [[3], [3, 3]])
      for (const channels of [3, 6, 7, 9, 12, 15]) {
        const expected = await resultOf(modelOf(channels, { kernel }), "cpu");
        const built = modelOf(channels, { kernel, dialect: "standard" });
        for (const model of [rewriteForWebGpu(modelOf(channels, { kernel })), built])
          assertAllClose(await resultOf(model, "webgpu"), expected, SUM_TOLERANCE);
      }
  });
});
