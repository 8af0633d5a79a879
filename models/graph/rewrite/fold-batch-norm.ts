import { floatAttribute } from "../attributes.ts";
import type { Graph, GraphNode, Tensor } from "../graph.ts";
import { floatsOf, floatTensor } from "../tensor.ts";

/**
 * The same graph with every batch normalisation that follows a convolution of its own made part of that convolution's weight
 * and bias; others stay.
 *
 * Source: Jacob 2018, doi:10.1109/CVPR.2018.00286, section 3.2
 */
export function foldBatchNorm(graph: Graph): Graph {
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const folded = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (node.op !== "BatchNormalization") continue;
    const conv = makers.get(node.inputs[0]);
    if (conv?.op !== "Conv" || usesOf(graph, conv.outputs[0]) !== 1) continue;
    const joined = joinedConvolution(conv, { norm: node, constants });
    if (joined === undefined) continue;
    folded.set(conv, joined.node);
    gone.add(node);
    for (const tensor of joined.tensors) constants.set(tensor.name, tensor);
  }
  if (gone.size === 0) return graph;
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) => folded.get(node) ?? node);
  const used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  return { ...graph, nodes, initializers: [...constants.values()].filter(({ name }) => used.has(name)) };
}

function usesOf({ nodes, outputs }: Graph, name: string): number {
  const inNodes = nodes.reduce((sum, { inputs }) => sum + inputs.filter((input) => input === name).length, 0);
  return inNodes + outputs.filter((output) => output.name === name).length;
}

/** The convolution with the normalisation in it, or undefined where one of the two takes anything but constants. */
function joinedConvolution(
  conv: GraphNode,
  { norm, constants }: { readonly norm: GraphNode; readonly constants: ReadonlyMap<string, Tensor> },
): { readonly node: GraphNode; readonly tensors: readonly Tensor[] } | undefined {
  const [image, weightName, biasName] = conv.inputs;
  const weight = inlineAt(constants, weightName);
  const statistics = norm.inputs.slice(1).map((name) => inlineAt(constants, name));
  const bias = biasName === undefined ? undefined : inlineAt(constants, biasName);
  if (weight === undefined || statistics.includes(undefined) || (biasName !== undefined && bias === undefined))
    return undefined;
  const [factor, offset, mean, variance] = statistics.map((tensor) => floatsOf(tensor as Tensor));
  const epsilon = floatAttribute(norm, "epsilon", 1e-5);
  const gain = factor.map((each, c) => each / Math.sqrt(variance[c] + epsilon));
  const values = floatsOf(weight);
  const perOutput = values.length / gain.length;
  const own = bias === undefined ? new Float32Array(gain.length) : floatsOf(bias);
  const names = { weight: `${norm.name}/folded.weight`, bias: `${norm.name}/folded.bias` };
  const scaled = values.map((each, i) => each * gain[Math.floor(i / perOutput)]);
  const shifted = own.map((each, c) => (each - mean[c]) * gain[c] + offset[c]);
  return {
    node: { ...conv, inputs: [image, names.weight, names.bias], outputs: [norm.outputs[0]] },
    tensors: [floatTensor(names.weight, weight.shape, scaled), floatTensor(names.bias, [gain.length], shifted)],
  };
}

/** A float32 constant whose values are in the graph. */
function inlineAt(constants: ReadonlyMap<string, Tensor>, name: string): Tensor | undefined {
  const tensor = constants.get(name);
  return tensor?.type === "float32" && tensor.data.kind === "bytes" ? tensor : undefined;
}
