import { intAttribute, intsAttribute, text } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import type { InlineTensor } from "../../graph/graph.ts";
import { GraphError } from "../../graph/graph-error.ts";
import { concat, expand, gather, pad, reshape, split, transpose } from "../../graph/operators/index.ts";
import { intsOf, intTensor } from "../../graph/tensor.ts";
import { reduceToShape } from "../reduce-to-shape.ts";
import type { GradientRule } from "../rule.ts";
import { unsliced } from "../unsliced.ts";

/** The whole numbers of an input that is a constant. */
function constantInts(value: Value): readonly number[] {
  return intsOf(constantOf(value));
}

function constantOf(value: Value): InlineTensor {
  const tensor = value.graph.constantOf(value);
  if (tensor === undefined)
    throw new GraphError({ where: value.name, expected: "a constant", got: "a computed value" });
  return tensor;
}

const reshapeRule: GradientRule = ({ gradient, inputs: [value] }) => [reshape(gradient, value.shape)];

const transposeRule: GradientRule = (backward) => {
  const order = intsAttribute(backward, "perm", []);
  return [
    transpose(
      backward.gradient,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ];
};

const concatRule: GradientRule = (backward) => {
  const { gradient, inputs } = backward;
  const axis = intAttribute(backward, "axis", 0);
  return split(gradient, { axis, lengths: inputs.map(({ shape }) => Number(shape[axis])) });
};

const splitRule: GradientRule = (backward) => {
  const { gradients, outputs } = backward;
  const parts = outputs.map((output, n) => gradients[n] ?? zerosLike(output));
  return [concat(parts, { axis: intAttribute(backward, "axis", 0) })];
};

function zerosLike({ graph, shape }: Value): Value {
  return expand(graph.floats([0]), shape.map(Number));
}

/** Elements that the slice left out get 0: between the steps, before and behind. */
const sliceRule: GradientRule = ({ gradient, inputs: [value, starts, , axes, steps] }) => {
  const [from, along, step] = [starts, axes, steps].map(constantInts);
  return [
    along.reduce(
      (spread, axis, n) => unsliced(spread, { axis, from: from[n], step: step[n], side: Number(value.shape[axis]) }),
      gradient,
    ),
  ];
};

const padRule: GradientRule = ({ gradient, inputs: [value, paddings] }) => {
  const pads = constantInts(paddings);
  return [pad(gradient, { pads: pads.map((each) => -each) })].map((cut) => reshape(cut, value.shape));
};

const expandRule: GradientRule = ({ gradient, inputs: [value] }) => [reduceToShape(gradient, value.shape)];

/** Indices that name each entry once are undone by another gather; others add up. */
const gatherRule: GradientRule = (backward) => {
  const { gradient, inputs } = backward;
  const [value, indices] = inputs;
  const axis = intAttribute(backward, "axis", 0);
  const side = Number(value.shape[axis]);
  const named = constantInts(indices);
  const flat = reshape(gradient, [...value.shape.slice(0, axis), named.length, ...value.shape.slice(axis + 1)]);
  if (named.length === side && new Set(named).size === side) return [gather(flat, inverseOf(indices, named), { axis })];
  const front = [axis, ...value.shape.flatMap((_, n) => (n === axis ? [] : [n]))];
  const summed = scatterAdd(transpose(flat, front), { named, shape: front.map((n) => Number(value.shape[n])) });
  return [
    transpose(
      summed,
      front.map((_, n) => front.indexOf(n)),
    ),
  ];
};

function inverseOf(indices: Value, named: readonly number[]): Value {
  const name = `${indices.name} inverse`;
  const inverse = () =>
    intTensor(
      name,
      named.map((_, n) => named.indexOf(n)),
    );
  return indices.graph.shared(name, inverse);
}

function scatterAdd(updates: Value, { named, shape }: { named: readonly number[]; shape: readonly number[] }): Value {
  const { graph, type } = updates;
  const zeros = expand(graph.floats([0]), shape);
  const places = reshape(graph.ints(named), [named.length, 1]);
  return graph.node("ScatterND", [zeros, places, updates], { type, shape, attributes: { reduction: text("add") } });
}

/** Rules of operators that move elements about. */
export const arrangeRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["Reshape", reshapeRule],
  ["Transpose", transposeRule],
  ["Concat", concatRule],
  ["Split", splitRule],
  ["Slice", sliceRule],
  ["Pad", padRule],
  ["Expand", expandRule],
  ["Gather", gatherRule],
];
