import { intAttribute, ints, nodeOf } from "../attributes.ts";
import { missingChannels } from "../missing-channels.ts";
import { intTensor } from "../tensor.ts";
import type { RewriteRule } from "./rewrite-graph.ts";

/** A convolution of as many channels as WebGPU computes wrongly, with channels of zeros behind them; see `missingChannels`. */
export const filledChannels: RewriteRule = (node, { constant, opset, add, fresh }) => {
  const { op, domain, inputs, outputs, attributes } = node;
  const weight = op === "Conv" && domain === "" ? constant(inputs[1]) : undefined;
  if (weight === undefined) return undefined;
  const rank = weight.shape.length;
  const missing = missingChannels({ channels: weight.shape[1], groups: intAttribute(node, "group", 1), rank });
  if (missing === 0) return undefined;
  const pads = new Array<number>(2 * rank).fill(0).with(rank + 1, missing);
  const filled = inputs.slice(0, 2).map((_, n) => fresh(`${outputs[0]}.${n === 0 ? "image" : "weight"}`));
  const padded = (source: string, n: number) =>
    opset < 11
      ? nodeOf("Pad", [source], [filled[n]], { pads: ints(pads) })
      : nodeOf("Pad", [source, add(intTensor(`${filled[n]}.pads`, pads))], [filled[n]]);
  return [...inputs.slice(0, 2).map(padded), { ...nodeOf(op, [...filled, ...inputs.slice(2)], outputs), attributes }];
};
