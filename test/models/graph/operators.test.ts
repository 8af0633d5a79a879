import { strict as assert } from "node:assert";
import { type GraphBuilder, graphBuilder, type Value } from "../../../models/graph/builder.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { GraphError } from "../../../models/graph/graph-error.ts";
import {
  add,
  concat,
  conv,
  div,
  maxPool,
  mul,
  neg,
  reduceMax,
  relu,
  resize,
  sigmoid,
  softmax,
  sub,
} from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { assertAllClose } from "../../support/numbers.ts";
import { noise } from "../../support/tiny-networks.ts";

type Build = (image: Value, graph: GraphBuilder) => Value;

/** Runs what `build` makes of an image on ONNX Runtime; its shape must be the one that was foretold. */
async function run(build: Build, { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }) {
  const graph = graphBuilder("test");
  const value = build(graph.input("image", shape), graph);
  const model = encodeModel(graph.build({ result: value }));
  const session = await openSession(model, { provider: "cpu", threads: 1 });
  const found = await session.run({ data, shape }, { output: "result" });
  assert.deepEqual(value.shape, found.shape);
  return found.data;
}

const line = { shape: [1, 1, 1, 1, 4], data: Float32Array.of(-2, 0, 1, 3) };
const block = { shape: [2, 3, 5, 4, 7], data: noise(2 * 3 * 5 * 4 * 7, 1) };
const weights = (shape: readonly number[], seed: number) =>
  floatTensor(
    `w${seed}`,
    shape,
    noise(
      shape.reduce((product, side) => product * side, 1),
      seed,
    ),
  );

describe("operators", () => {
  const values: readonly (readonly [string, Build, readonly number[]])[] = [
    ["neg", neg, [2, 0, -1, -3]],
    ["relu", relu, [0, 0, 1, 3]],
    ["sigmoid", sigmoid, [0.1192029, 0.5, 0.7310586, 0.9525741]],
    ["add", (x) => add(x, x), [-4, 0, 2, 6]],
    ["sub", (x) => sub(x, relu(x)), [-2, 0, 0, 0]],
    ["mul", (x) => mul(x, x), [4, 0, 1, 9]],
    ["div", (x, g) => div(x, g.constant(floatTensor("two", [1], [2]))), [-1, 0, 0.5, 1.5]],
    ["reduceMax", (x) => reduceMax(x, { axes: [4] }), [3]],
    ["concat", (x) => concat([x, neg(x)], { axis: 4 }), [-2, 0, 1, 3, 2, 0, -1, -3]],
    ["maxPool", (x) => maxPool(x, { kernel: [1, 1, 3], pads: [0, 0, 1, 0, 0, 1] }), [0, 1, 3, 3]],
    // exp(-3), exp(-1), 1 and exp(2) over their sum.
    ["softmax", (x) => softmax(x, { axis: 4 }), [0.0056533, 0.0417725, 0.1135496, 0.8390246]],
    ["resize", (x) => resize(x, { scales: [1, 1, 2], mode: "nearest" }), [-2, -2, 0, 0, 1, 1, 3, 3]],
    [
      "conv",
      (x, g) =>
        conv(x, {
          weight: g.constant(floatTensor("w", [1, 1, 1, 1, 2], [10, 1])),
          bias: g.constant(floatTensor("b", [1], [0.5])),
        }),
      [-19.5, 1.5, 13.5],
    ],
  ];
  for (const [name, build, expected] of values)
    it(`${name} of [-2, 0, 1, 3] is [${expected}]`, async () =>
      assertAllClose(await run(build, line), expected, { abs: 2e-6 }));

  const shapes: readonly (readonly [string, Build])[] = [
    [
      "a strided, dilated, padded convolution",
      (x, g) =>
        conv(x, {
          weight: g.constant(weights([4, 3, 3, 2, 3], 2)),
          strides: [2, 1, 3],
          dilations: [1, 2, 1],
          pads: [1, 0, 2, 0, 1, 1],
        }),
    ],
    ["a strided pooling", (x) => maxPool(x, { kernel: [2, 2, 3], strides: [2, 3, 2], pads: [0, 1, 0, 1, 0, 1] })],
    ["a broadcast over batch and channels", (x, g) => add(x, g.constant(weights([4, 1], 3)))],
    ["a broadcast that adds sides", (x, g) => mul(g.constant(weights([6, 1, 1, 1, 1, 1], 4)), x)],
    ["values joined along channels", (x) => concat([x, relu(x), neg(x)], { axis: 1 })],
    ["a linear resize", (x) => resize(x, { scales: [2, 1.5, 3], mode: "linear" })],
    ["the greatest channel", (x) => reduceMax(x, { axes: [1] })],
  ];
  for (const [what, build] of shapes)
    it(`foretells the shape of ${what}`, async () => assert.ok((await run(build, block)).length > 0));

  it("keeps the name of an open side where its length stays, and no other", () => {
    const graph = graphBuilder("test");
    const image = graph.input("image", ["N", 1, "D", "H", "W"]);
    const weight = graph.constant(weights([2, 1, 3, 3, 3], 5));
    const same = conv(image, { weight, pads: [1, 1, 1, 1, 1, 1] });
    assert.deepEqual(same.shape, ["N", 2, "D", "H", "W"]);
    assert.deepEqual(conv(same.graph.input("other", ["N", 1, "D", "H", "W"]), { weight }).shape, [
      "N",
      2,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(add(same, graph.input("row", [1, 1, 1, 1, "W"])).shape, ["N", 2, "D", "H", "W"]);
    assert.deepEqual(concat([same, image], { axis: 1 }).shape, ["N", 3, "D", "H", "W"]);
  });

  it("refuses what does not fit while the graph is built", () => {
    const graph = graphBuilder("test");
    const image = graph.input("image", [1, 2, 5, 6, 7]);
    const other = graph.input("other", [1, 2, 5, 6, 8]);
    const weight = graph.constant(weights([2, 3, 1, 1, 1], 6));
    assert.throws(() => conv(image, { weight }), GraphError);
    assert.throws(() => add(image, other), GraphError);
    assert.throws(() => concat([image, other], { axis: 1 }), GraphError);
    assert.throws(() => graph.input("image", [1]), /image: expected a name that is free/);
  });
});
