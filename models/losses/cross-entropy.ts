import type { Value } from "../graph/builder.ts";
import { logSoftmax, mul, neg, reduceSum, scale, sub } from "../graph/operators/index.ts";
import { perChannel } from "./class-weights.ts";
import { softplus } from "./focal.ts";
import type { Loss, LossInput } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";

/** Cross entropy's choices. */
export interface CrossEntropyOptions {
  /** Per channel. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Cross entropy per voxel: over channels the sum for a softmax, the mean for sigmoids.
 *
 * Shape:  logits and target [N, C, ...] -> [N, 1, ...]
 */
export function crossEntropyMap(
  { logits, target, activation }: LossInput,
  { weights }: CrossEntropyOptions = {},
): Value {
  const weighted = (value: Value) => (weights === undefined ? value : mul(value, perChannel(weights, value)));
  if (activation === "softmax")
    return neg(reduceSum(mul(logSoftmax(logits, { axis: 1 }), weighted(target)), { axes: [1] }));
  const each = sub(softplus(logits), mul(logits, target));
  return scale(reduceSum(weighted(each), { axes: [1] }), 1 / Number(logits.shape[1]));
}

/**
 * Cross entropy, the mean over voxels; with class weights still over their number, not over the sum of the weights.
 *
 * Source: as torch.nn.CrossEntropyLoss(reduction="none").mean() and torch.nn.BCEWithLogitsLoss
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  return (input) => meanOverCounted(crossEntropyMap(input, options), input.counted);
}
