import { strict as assert } from "node:assert";
import { graphBuilder } from "../../../models/graph/builder.ts";
import { decodeModel } from "../../../models/graph/decode.ts";
import { embed } from "../../../models/graph/embed.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { moveWeightsOut, weightsOf } from "../../../models/graph/external-weights.ts";
import type { Graph } from "../../../models/graph/graph.ts";
import { add, matmul, relu } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";

const values = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
const image = { data: Float32Array.from({ length: 20 }, (_, i) => i - 10), shape: [2, 10] };

function network(): Graph {
  const graph = graphBuilder("network");
  const weight = graph.constant(floatTensor("weight", [10, 30], values));
  const bias = graph.constant(floatTensor("bias", [30], values.subarray(0, 30)));
  const second = graph.constant(floatTensor("second", [30, 10], values));
  return graph.build({ out: matmul(add(matmul(graph.input("image", [2, 10]), weight), bias), second) });
}

async function run(graph: Graph, externalData: readonly { readonly path: string; readonly data: Uint8Array }[] = []) {
  const session = await openSession(encodeModel(graph), { provider: "cpu", threads: 1, externalData });
  const found = await session.runAll(new Map([["image", image]]));
  return [...found.values()][0].data;
}

describe("moveWeightsOut", () => {
  it("keeps large weights in one aligned file that ONNX Runtime reads, small ones in the graph", async () => {
    const { graph, data } = moveWeightsOut(network(), { location: "weights.bin" });
    const decoded = decodeModel(encodeModel(graph));
    const places = new Map(decoded.initializers.map((tensor) => [tensor.name, tensor.data]));
    assert.equal(places.get("bias")?.kind, "bytes");
    assert.deepEqual(places.get("weight"), { kind: "external", location: "weights.bin", offset: 0, length: 1200 });
    assert.deepEqual(places.get("second"), { kind: "external", location: "weights.bin", offset: 1216, length: 1200 });
    assert.deepEqual(await run(graph, [{ path: "weights.bin", data }]), await run(network()));
  });
});

describe("weightsOf", () => {
  it("gives the weights of a file by name", () => {
    const found = weightsOf(decodeModel(encodeModel(network())));
    assert.deepEqual(found.get("weight"), { shape: [10, 30], data: values });
  });
});

describe("embed", () => {
  const tail = () => {
    const graph = graphBuilder("tail");
    return graph.build({ out: relu(graph.input("x", [2, 10])) });
  };

  it("puts a network that was read behind another, name collisions kept apart", async () => {
    const joined = embed(network(), decodeModel(encodeModel(tail())), { prefix: "tail", inputs: { x: "out" } });
    const expected = (await run(network())).map((value) => Math.max(0, value));
    assert.deepEqual(await run(joined), expected);
    assert.deepEqual(
      joined.outputs.map(({ name }) => name),
      ["tail/out"],
    );
  });

  it("refuses an input that is not wired, and a name in use", () => {
    assert.throws(() => embed(network(), tail(), { prefix: "tail", inputs: {} }), /x: expected a value of the host/);
    const twice = embed(network(), tail(), { prefix: "tail", inputs: { x: "out" } });
    assert.throws(
      () => embed(twice, tail(), { prefix: "tail", inputs: { x: "out" } }),
      /tail\/out: expected a name that is free/,
    );
  });
});
