import { intAttribute, ints, nodeOf } from "../attributes.ts";
import { elementCountOf, type GraphNode, type InlineTensor } from "../graph.ts";
import { intTensor } from "../tensor.ts";
import { interleave } from "./interleave.ts";
import { phaseBias, phaseShapeOf, phaseWeights } from "./phase-weights.ts";
import type { RewriteRule, Rewriting } from "./rewrite-graph.ts";
import { type TransposedAxis, transposedAxesOf } from "./transposed-axes.ts";

/** Far above what networks have; a huge stride would otherwise fill memory with zeros. */
const MAX_WEIGHTS = 2 ** 26;

/**
 * A 3-D transposed convolution as a convolution that makes all voxels of one stride at once, as channels, which are then
 * laid between the image's voxels.
 *
 * With a kernel as wide as the stride it is a 1 × 1 × 1 convolution. No product with an inserted zero is computed.
 *
 * Source: Shi 2016, arXiv:1609.07009, on why the two are the same
 */
export const transposedConvolution: RewriteRule = (node, rewriting) => {
  const { op, domain, inputs } = node;
  if (op !== "ConvTranspose" || domain !== "" || intAttribute(node, "group", 1) !== 1) return undefined;
  const weight = rewriting.constant(inputs[1]);
  const bias = inputs[2] ? rewriting.constant(inputs[2]) : undefined;
  if (weight?.shape.length !== 5 || (inputs[2] && bias === undefined)) return undefined;
  const axes = transposedAxesOf(node, weight.shape.slice(2));
  if (axes === undefined || elementCountOf(phaseShapeOf(weight, axes)) > MAX_WEIGHTS) return undefined;
  return convolved(node, { weight, bias, axes }, rewriting);
};

interface Plan {
  readonly weight: InlineTensor;
  readonly bias: InlineTensor | undefined;
  readonly axes: readonly TransposedAxis[];
}

function convolved(
  { inputs: [image], outputs: [result] }: GraphNode,
  { weight, bias, axes }: Plan,
  rewriting: Rewriting,
): readonly GraphNode[] {
  const strides = axes.map(({ stride }) => stride);
  const interleaves = strides.some((stride) => stride > 1);
  const crops = axes.some(({ cropStart, cropEnd }) => cropStart > 0 || cropEnd > 0);
  const whole = crops ? rewriting.fresh(`${result}.whole`) : result;
  const phases = interleaves ? rewriting.fresh(`${result}.phases`) : whole;
  const weights = [phaseWeights(weight, axes), ...(bias === undefined ? [] : [phaseBias(bias, axes)])];
  const pads = [...axes.map(({ padStart }) => padStart), ...axes.map(({ padEnd }) => padEnd)];
  const convolution = nodeOf("Conv", [image, ...weights.map(rewriting.add)], [phases], { pads: ints(pads) });
  const channels = weight.shape[1];
  return [
    convolution,
    ...(interleaves ? interleave({ source: phases, result: whole, channels, strides }, rewriting) : []),
    ...(crops ? [cropped({ source: whole, result, axes }, rewriting)] : []),
  ];
}

function cropped(
  {
    source,
    result,
    axes,
  }: { readonly source: string; readonly result: string; readonly axes: readonly TransposedAxis[] },
  { opset, add }: Rewriting,
): GraphNode {
  const starts = axes.map(({ cropStart }) => cropStart);
  // Counted from the end; the largest number means the end itself.
  const ends = axes.map(({ cropEnd }) => (cropEnd === 0 ? Number.MAX_SAFE_INTEGER : -cropEnd));
  const places = { starts, ends, axes: axes.map((_, axis) => axis + 2) };
  if (opset < 10) {
    const attributes = Object.fromEntries(Object.entries(places).map(([name, values]) => [name, ints(values)]));
    return nodeOf("Slice", [source], [result], attributes);
  }
  const inputs = Object.entries(places).map(([name, values]) => add(intTensor(`${result}.${name}`, values)));
  return nodeOf("Slice", [source, ...inputs], [result]);
}
