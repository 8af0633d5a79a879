import type { Value } from "../graph/builder.ts";
import {
  abs,
  add,
  exp,
  log,
  logSoftmax,
  mul,
  neg,
  reduceSum,
  relu,
  scale,
  shift,
  sub,
} from "../graph/operators/index.ts";
import type { Loss, LossInput } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";

/**
 * Cross entropy per voxel, the sum over channels.
 *
 * Shape:  logits [N, C, ...], target the same -> [N, 1, ...]
 */
export function crossEntropyMap(
  { logits, target, activation }: LossInput,
  { weights }: { readonly weights?: readonly number[] | undefined } = {},
): Value {
  const { graph } = logits;
  const perChannel = (values: readonly number[]) =>
    graph.floats(
      values,
      logits.shape.map((_, axis) => (axis === 1 ? values.length : 1)),
    );
  const wanted = weights === undefined ? target : mul(target, perChannel(weights));
  if (activation === "softmax") return neg(reduceSum(mul(logSoftmax(logits, { axis: 1 }), wanted), { axes: [1] }));
  // max(x, 0) - x t + log(1 + exp(-|x|)): no overflow whatever x is.
  const softplus = log(shift(exp(neg(abs(logits))), 1));
  const each = add(sub(relu(logits), mul(logits, target)), softplus);
  return reduceSum(weights === undefined ? each : mul(each, perChannel(weights)), { axes: [1] });
}

/**
 * Cross entropy, the mean over voxels; with class weights the sum of weighted terms over the number of voxels.
 *
 * Source: softmax as torch.nn.CrossEntropyLoss, sigmoid as torch.nn.BCEWithLogitsLoss, the mean over channels
 */
export function crossEntropy(options: { readonly weights?: readonly number[] | undefined } = {}): Loss {
  return (input) => {
    const mean = meanOverCounted(crossEntropyMap(input, options), input.counted);
    return input.activation === "softmax" ? mean : scale(mean, 1 / Number(input.logits.shape[1]));
  };
}
