import { strict as assert } from "node:assert";
import { int, ints, nodeOf } from "../../../models/graph/attributes.ts";
import type { Graph, GraphNode } from "../../../models/graph/graph.ts";
import { intTensor } from "../../../models/graph/tensor.ts";
import { opsetRange } from "../../../pipeline/bundle/allowed-operators.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { codeOf, faultOf, filesAround, tinyGraph } from "../../support/tiny-bundle.ts";
import { endlessNetwork, greedyNetwork } from "../../support/tiny-networks.ts";
import { type TinyGraph, tinyModel } from "../../support/tiny-onnx.ts";

/** The tiny graph with nodes before its own, which compute something nobody needs. */
function withNodes(...nodes: readonly GraphNode[]): Partial<Graph> {
  return { nodes: [...nodes, ...tinyGraph.nodes] };
}

describe("checkGraph", () => {
  it("M18 refuses operator set 999 with M_OPSET, and names the newest that runs", async () => {
    const fault = await faultOf(filesAround({ opsets: new Map([["", 999]]) }));
    assert.equal(fault.code, "M_OPSET");
    assert.match(fault.expected, new RegExp(`to ${opsetRange.newest}`));
    for (const version of [0, -1, 6])
      assert.equal(await codeOf(filesAround({ opsets: new Map([["", version]]) })), "M_OPSET");
    assert.equal(await codeOf(filesAround({ opsets: new Map() })), "M_OPSET");
  });

  it("M18 accepts the newest operator set that ONNX Runtime takes, which takes no newer one", async () => {
    const relu = (opset: number) => {
      const model = tinyModel({
        inputs: [{ name: "x", shape: [1] }],
        outputs: [{ name: "y", shape: [1] }],
        nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }],
      });
      return Uint8Array.from([...model.subarray(0, -1), opset]);
    };
    await openSession(relu(opsetRange.newest), { provider: "cpu", threads: 1 });
    await assert.rejects(openSession(relu(opsetRange.newest + 1), { provider: "cpu", threads: 1 }));
  });

  it("M19 refuses IR version 999 with M_IR", async () => {
    for (const irVersion of [999, 0]) assert.equal(await codeOf(filesAround({ irVersion })), "M_IR");
  });

  it("M20 refuses operators of unknown domains and of ONNX Runtime's own that are not listed, with M_OP", async () => {
    for (const domain of ["evil.example", "ai.onnx.ml", "com.microsoft"]) {
      const custom = { ...nodeOf("DoAnything", ["image"], ["x"]), domain };
      const opsets = new Map(tinyGraph.opsets).set(domain, 1);
      assert.equal(await codeOf(filesAround({ ...withNodes(custom), opsets })), "M_OP", domain);
    }
  });

  for (const op of ["RandomNormal", "Scan", "SequenceEmpty", "StringNormalizer", "Gradient", "ImageDecoder", ""])
    it(`M20 refuses ${op || "a node without an operator"} with M_OP`, async () =>
      assert.equal(await codeOf(filesAround(withNodes(nodeOf(op, ["image"], ["x"])))), "M_OP"));

  it("M21 refuses a cycle, a value that nothing makes and one that is made twice, with M_GRAPH", async () => {
    const cycle = [nodeOf("Neg", ["b"], ["a"]), nodeOf("Neg", ["a"], ["b"])];
    for (const nodes of [cycle, [nodeOf("Neg", ["nothing"], ["a"])], [nodeOf("Neg", ["image"], ["scaled"])]])
      assert.equal(await codeOf(filesAround(withNodes(...nodes))), "M_GRAPH");
    assert.equal(await codeOf(filesAround({ nodes: [] })), "M_GRAPH", "an output that nothing makes");
  });

  it("M22 refuses ConstantOfShape and Expand to a tebibyte with M_MEMORY before anything runs", async () => {
    assert.equal(await codeOf(filesAround(greedyNetwork(1024).model)), "M_MEMORY");
    const sides = intTensor("sides", [2 ** 20, 2 ** 20]);
    for (const node of [nodeOf("ConstantOfShape", ["sides"], ["x"]), nodeOf("Expand", ["image", "sides"], ["x"])]) {
      const initializers = [...tinyGraph.initializers, sides];
      assert.equal(await codeOf(filesAround({ ...withNodes(node), initializers })), "M_MEMORY");
      const constant = nodeOf("Constant", [], ["sides"], { value: { kind: "tensor", value: sides } });
      assert.equal(await codeOf(filesAround(withNodes(constant, node))), "M_MEMORY");
    }
  });

  it("M23 refuses Loop with M_OP", async () => assert.equal(await codeOf(filesAround(endlessNetwork().model)), "M_OP"));

  it("M24 refuses If nested 8 deep with M_OP, and 100 deep with M_FORMAT", async () => {
    for (const [depth, code] of [
      [8, "M_OP"],
      [100, "M_FORMAT"],
    ] as const)
      assert.equal(await codeOf(filesAround(nestedIf(depth))), code);
  });

  it("M24 refuses a graph in an attribute of an allowed operator with M_OP", async () => {
    const hidden = nodeOf("Neg", ["image"], ["x"], { body: { kind: "graph", value: tinyGraph } });
    assert.equal(await codeOf(filesAround(withNodes(hidden))), "M_OP");
  });

  it("shows text from the graph on one line, cut short", async () => {
    const nasty = nodeOf(`Evil\n\u001b[31m${"x".repeat(500)}`, ["image"], ["x"]);
    const { got } = await faultOf(filesAround(withNodes(nasty)));
    assert.ok(got.length < 200, got);
    assert.ok(!got.includes("\u001b"));
  });

  it("accepts 3-D convolutions with every attribute that they have", async () => {
    const convolution = nodeOf("Conv", ["image", "scale"], ["x"], {
      dilations: ints([1, 1, 1]),
      group: int(1),
      kernel_shape: ints([1, 1, 1]),
      pads: ints([0, 0, 0, 0, 0, 0]),
      strides: ints([1, 1, 1]),
    });
    await assert.rejects(faultOf(filesAround(withNodes(convolution))), /expected a refusal/);
  });
});

/** One branch is nested, the other is not: both nested would double the file at each level. */
function nestedIf(depth: number): Uint8Array {
  const inner: TinyGraph = {
    inputs: [],
    outputs: [{ name: "out0", shape: [1] }],
    nodes: [{ op: "Identity", inputs: ["image"], outputs: ["out0"] }],
  };
  let graph = inner;
  for (let level = 1; level <= depth; level++)
    graph = {
      inputs: [],
      outputs: [{ name: `out${level}`, shape: [1] }],
      nodes: [
        {
          op: "If",
          inputs: ["yes"],
          outputs: [`out${level}`],
          attributes: { then_branch: { graph }, else_branch: { graph: inner } },
        },
      ],
    };
  return tinyModel({
    ...graph,
    inputs: [{ name: "image", shape: ["N", 1, "D", "H", "W"] }],
    weights: [{ name: "yes", shape: [], data: Uint8Array.of(1) }],
  });
}
