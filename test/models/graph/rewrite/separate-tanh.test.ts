import { strict as assert } from "node:assert";
import { type Dialect, graphBuilder } from "../../../../models/graph/builder.ts";
import { decodeModel } from "../../../../models/graph/decode.ts";
import { encodeModel } from "../../../../models/graph/encode.ts";
import { conv, tanh } from "../../../../models/graph/operators/index.ts";
import { rewriteForWebGpu } from "../../../../models/graph/rewrite/webgpu.ts";
import { openSession } from "../../../../pipeline/runtime/onnx-runtime.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { noise } from "../../../support/tiny-networks.ts";
import { requireValidator, softwareVulkanDriver } from "../../../support/validators.ts";

const shape = [1, 4, 5, 7];

/** tanh of a convolution whose results go far beyond 88. */
function modelOf(dialect: Dialect): Uint8Array {
  const graph = graphBuilder("tanh", { dialect });
  const weight = graph.floats(
    [...noise(4 * 4 * 9, 1)].map((value) => 1000 * value),
    [4, 4, 3, 3],
  );
  const result = tanh(conv(graph.input("image", shape), { weight, pads: [1, 1, 1, 1] }));
  return encodeModel(graph.build({ result }));
}

async function resultOf(model: Uint8Array, provider: "cpu" | "webgpu"): Promise<Float32Array> {
  const session = await openSession(model, { provider, threads: 1 });
  const { data } = await session.run({ data: noise(4 * 5 * 7, 2), shape }, { output: "result" });
  await session.close();
  return data;
}

describe("separateTanh", function () {
  this.timeout(60_000);

  it("turns the sign before and after, and leaves every number as it is", async () => {
    const model = modelOf("cpu");
    const rewritten = rewriteForWebGpu(model);
    const operators = (bytes: Uint8Array) => decodeModel(bytes).nodes.map(({ op }) => op);
    assert.deepEqual(operators(rewritten), ["Conv", "Neg", "Tanh", "Neg"]);
    assert.deepEqual(operators(modelOf("standard")), operators(rewritten));
    assert.deepEqual(await resultOf(rewritten, "cpu"), await resultOf(model, "cpu"));
  });

  it("gives the CPU's numbers on WebGPU beyond 88 @slow", async function () {
    requireValidator(this, "software Vulkan");
    process.env.VK_DRIVER_FILES ??= softwareVulkanDriver;
    const expected = await resultOf(modelOf("cpu"), "cpu");
    for (const model of [rewriteForWebGpu(modelOf("cpu")), modelOf("standard")])
      assertAllClose(await resultOf(model, "webgpu"), expected, { abs: 1e-5 });
  });
});
