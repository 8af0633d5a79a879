import { int, intAttribute, ints, nodeOf } from "../attributes.ts";
import { byteLengthOf, type GraphNode, type InlineTensor } from "../graph.ts";
import { intTensor } from "../tensor.ts";
import type { RewriteRule, Rewriting } from "./rewrite-graph.ts";

/** Far above what networks have; each group becomes an operation of its own. */
const MAX_GROUPS = 4096;

/** Most arrays that are joined at once: a WebGPU shader binds 8 at least, and has one result. */
const MOST_JOINED = 6;

/** A 3-D convolution with groups, transposed or not, as one convolution per group over its share of the channels. */
export const groupedConvolution: RewriteRule = (node, rewriting) => {
  const { op, domain, inputs } = node;
  const groups = intAttribute(node, "group", 1);
  if (domain !== "" || (op !== "Conv" && op !== "ConvTranspose") || groups < 2 || groups > MAX_GROUPS) return undefined;
  const weight = rewriting.constant(inputs[1]);
  const bias = inputs[2] ? rewriting.constant(inputs[2]) : undefined;
  if (weight?.shape.length !== 5 || weight.shape[0] % groups !== 0) return undefined;
  if (inputs[2] && (bias === undefined || bias.shape[0] % groups !== 0)) return undefined;
  return oneByOne(node, { weights: pieces(weight, groups), biases: bias && pieces(bias, groups) }, rewriting);
};

function oneByOne(
  { op, inputs, outputs: [result], attributes }: GraphNode,
  {
    weights,
    biases,
  }: { readonly weights: readonly InlineTensor[]; readonly biases: readonly InlineTensor[] | undefined },
  rewriting: Rewriting,
): readonly GraphNode[] {
  const { add, fresh } = rewriting;
  const shares = weights.map((_, n) => fresh(`${result}.share${n}`));
  const parts = weights.map((_, n) => fresh(`${result}.part${n}`));
  const whole = new Map([...attributes].filter(([name]) => name !== "group"));
  const width = op === "Conv" ? weights[0].shape[1] : weights[0].shape[0];
  const convolution = (weight: InlineTensor, n: number): readonly GraphNode[] => {
    const own = [shares[n], add(weight), ...(biases === undefined ? [] : [add(biases[n])])];
    const channels = { source: inputs[0], result: shares[n], from: n * width, to: (n + 1) * width };
    return [sliced(channels, rewriting), { ...nodeOf(op, own, [parts[n]]), attributes: whole }];
  };
  return [...weights.flatMap(convolution), ...joined(parts, result, rewriting)];
}

/** Some channels of an image: an operation for each, because one for all would bind as many arrays as there are groups. */
function sliced(
  {
    source,
    result,
    from,
    to,
  }: { readonly source: string; readonly result: string; readonly from: number; readonly to: number },
  { opset, add }: Rewriting,
): GraphNode {
  if (opset < 10)
    return nodeOf("Slice", [source], [result], { axes: ints([1]), starts: ints([from]), ends: ints([to]) });
  const places = [from, to, 1].map((each, n) => add(intTensor(`${result}.${["from", "to", "axis"][n]}`, [each])));
  return nodeOf("Slice", [source, ...places], [result]);
}

/** Channels one behind the other, a few arrays at a time. */
function joined(parts: readonly string[], result: string, rewriting: Rewriting): readonly GraphNode[] {
  const axis = { axis: int(1) };
  if (parts.length <= MOST_JOINED) return [nodeOf("Concat", parts, [result], axis)];
  const count = Math.ceil(parts.length / MOST_JOINED);
  const bundles = Array.from({ length: count }, (_, n) => parts.slice(n * MOST_JOINED, (n + 1) * MOST_JOINED));
  const names = bundles.map((_, n) => rewriting.fresh(`${result}.joined${n}`));
  return [
    ...bundles.map((bundle, n) => nodeOf("Concat", bundle, [names[n]], axis)),
    ...joined(names, result, rewriting),
  ];
}

/** Equal pieces along the first axis; views of the same bytes. */
function pieces({ name, type, shape: [first, ...rest], data }: InlineTensor, count: number): readonly InlineTensor[] {
  const shape = [first / count, ...rest];
  const length = byteLengthOf({ type, shape });
  return Array.from({ length: count }, (_, n) => ({
    name: `${name}.group${n}`,
    type,
    shape,
    data: { kind: "bytes", bytes: data.bytes.subarray(n * length, (n + 1) * length) },
  }));
}
