import type { NetworkOutput, NetworkSpec } from "../../pipeline/runtime/network.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { BOOL, INT64, type Side, type TinyGraph, type TinyNode, type TinyWeight, tinyModel } from "./tiny-onnx.ts";

/** Repeatable numbers from -1 to 1. */
export function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** `count` class ids from 0. */
export function classIds(count: number): readonly number[] {
  return Array.from({ length: count }, (_, id) => id);
}

interface Sizes {
  readonly channels?: number;
  readonly classes?: number;
  readonly patch: Triple;
  /** A number fixes it in the graph. */
  readonly batch?: Side;
  /** Width of the hidden layer. */
  readonly hidden?: number;
}

/** Two 3 x 3 x 3 convolutions with instance normalisation and a leaky ReLU between them; random weights. */
export function convolutionNetwork({ channels = 1, classes = 3, patch, batch = "N", hidden = 8 }: Sizes): NetworkSpec {
  const nodes: TinyNode[] = [
    {
      op: "Conv",
      inputs: ["image", "w1"],
      outputs: ["a"],
      attributes: { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1] },
    },
    { op: "InstanceNormalization", inputs: ["a", "scale", "bias"], outputs: ["b"] },
    { op: "LeakyRelu", inputs: ["b"], outputs: ["c"], attributes: { alpha: { float: 0.01 } } },
    {
      op: "Conv",
      inputs: ["c", "w2"],
      outputs: ["logits"],
      attributes: { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1] },
    },
  ];
  const weights: TinyWeight[] = [
    { name: "w1", shape: [hidden, channels, 3, 3, 3], data: noise(hidden * channels * 27, 1) },
    { name: "scale", shape: [hidden], data: new Float32Array(hidden).fill(1) },
    { name: "bias", shape: [hidden], data: new Float32Array(hidden) },
    { name: "w2", shape: [classes, hidden, 3, 3, 3], data: noise(classes * hidden * 27, 2) },
  ];
  return specOf(nodes, { weights, channels, classes, patch, batch });
}

/** A 2-D network: one 3 x 3 convolution. */
export function flatNetwork({ classes = 3, patch: [, height, width] }: Sizes): NetworkSpec {
  const graph: TinyGraph = {
    inputs: [{ name: "image", shape: ["N", 1, height, width] }],
    outputs: [{ name: "logits", shape: ["N", classes, height, width] }],
    nodes: [{ op: "Conv", inputs: ["image", "w"], outputs: ["logits"], attributes: { pads: [1, 1, 1, 1] } }],
    weights: [{ name: "w", shape: [classes, 1, 3, 3], data: noise(classes * 9, 3) }],
  };
  return { ...descriptionOf("flat.onnx", classes, [1, height, width]), model: tinyModel(graph) };
}

/** Wants `gibibytes` of memory while it runs. */
export function greedyNetwork(gibibytes: number): NetworkSpec {
  const count = BigInt(gibibytes) * 2n ** 28n;
  const nodes: TinyNode[] = [
    { op: "ConstantOfShape", inputs: ["count"], outputs: ["huge"] },
    { op: "ReduceSum", inputs: ["huge"], outputs: ["sum"], attributes: { keepdims: 0 } },
    { op: "Add", inputs: ["image", "sum"], outputs: ["logits"] },
  ];
  const weights: TinyWeight[] = [{ name: "count", shape: [1], data: BigInt64Array.of(count) }];
  return { ...specOf(nodes, { weights, classes: 1, patch: [4, 4, 4], batch: 1 }), where: "greedy.onnx" };
}

/** Runs round a Loop until it is killed. */
export function endlessNetwork(): NetworkSpec {
  const body: TinyGraph = {
    inputs: [
      { name: "turn", shape: [], type: INT64 },
      { name: "more", shape: [], type: BOOL },
      { name: "state", shape: [1, 1, 4, 4, 4] },
    ],
    outputs: [
      { name: "still", shape: [], type: BOOL },
      { name: "next", shape: [1, 1, 4, 4, 4] },
    ],
    nodes: [
      { op: "Identity", inputs: ["more"], outputs: ["still"] },
      { op: "Neg", inputs: ["state"], outputs: ["next"] },
    ],
  };
  const weights: TinyWeight[] = [{ name: "true", shape: [], data: Uint8Array.of(1) }];
  const nodes: TinyNode[] = [
    { op: "Loop", inputs: ["", "true", "image"], outputs: ["logits"], attributes: { body: { graph: body } } },
  ];
  return { ...specOf(nodes, { weights, classes: 1, patch: [4, 4, 4], batch: 1 }), where: "endless.onnx" };
}

/** Divides by zero everywhere. */
export function notANumberNetwork(): NetworkSpec {
  const nodes: TinyNode[] = [{ op: "Mul", inputs: ["image", "nan"], outputs: ["logits"] }];
  const weights: TinyWeight[] = [{ name: "nan", shape: [1], data: Float32Array.of(Number.NaN) }];
  return { ...specOf(nodes, { weights, classes: 1, patch: [4, 4, 4], batch: 1 }), where: "nan.onnx" };
}

/** Passes its one channel on as the one class. */
export function identityNetwork(patch: Triple): NetworkSpec {
  const nodes: TinyNode[] = [{ op: "Identity", inputs: ["image"], outputs: ["logits"] }];
  return specOf(nodes, { weights: [], classes: 1, patch, batch: "N" });
}

function specOf(
  nodes: readonly TinyNode[],
  {
    weights,
    channels = 1,
    classes,
    patch,
    batch,
  }: { weights: readonly TinyWeight[]; channels?: number; classes: number; patch: Triple; batch: Side },
): NetworkSpec {
  const graph: TinyGraph = {
    inputs: [{ name: "image", shape: [batch, channels, ...patch] }],
    outputs: [{ name: "logits", shape: [batch, classes, ...patch] }],
    nodes,
    weights,
  };
  return { ...descriptionOf("tiny.onnx", classes, patch), inputChannels: channels, model: tinyModel(graph) };
}

function descriptionOf(where: string, classes: number, patch: Triple) {
  const output: NetworkOutput = { kind: "logits", classIds: classIds(classes) };
  return { where, inputChannels: 1, patch: { kind: "fixed", size: patch } as const, output };
}
