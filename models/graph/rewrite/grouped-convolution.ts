import { int, intAttribute, nodeOf } from "../attributes.ts";
import { byteLengthOf, type GraphNode, type InlineTensor } from "../graph.ts";
import type { RewriteRule, Rewriting } from "./rewrite-graph.ts";

/** Far above what networks have; each group becomes an operation of its own. */
const MAX_GROUPS = 4096;

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
  { op, inputs: [image], outputs: [result], attributes }: GraphNode,
  {
    weights,
    biases,
  }: { readonly weights: readonly InlineTensor[]; readonly biases: readonly InlineTensor[] | undefined },
  { opset, add, fresh }: Rewriting,
): readonly GraphNode[] {
  const shares = weights.map((_, n) => fresh(`${result}.share${n}`));
  const parts = weights.map((_, n) => fresh(`${result}.part${n}`));
  const whole = new Map([...attributes].filter(([name]) => name !== "group"));
  const convolution = (weight: InlineTensor, n: number): GraphNode => {
    const inputs = [shares[n], add(weight), ...(biases === undefined ? [] : [add(biases[n])])];
    return { ...nodeOf(op, inputs, [parts[n]]), attributes: whole };
  };
  // From this version on the operator no longer takes the number of parts from the number of outputs.
  const count = opset >= 18 ? { num_outputs: int(weights.length) } : {};
  return [
    nodeOf("Split", [image], shares, { axis: int(1), ...count }),
    ...weights.map(convolution),
    nodeOf("Concat", parts, [result], { axis: int(1) }),
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
