import type { Value } from "../graph/builder.ts";
import { mul, neg, reduceSum, shift, sigmoid, slice, softmax } from "../graph/operators/index.ts";
import type { LossInput } from "./loss.ts";

/** What the network makes of each channel, between 0 and 1. Shape: [N, C, ...] -> [N, C, ...] */
export function sharesOf({ logits, activation }: Pick<LossInput, "logits" | "activation">): Value {
  return activation === "softmax" ? softmax(logits, { axis: 1 }) : sigmoid(logits);
}

/** Channels that are no background. Shape: [N, C, ...] -> [N, C - 1, ...], or all for a sigmoid */
export function foregroundOf(value: Value, activation: LossInput["activation"]): Value {
  if (activation === "sigmoid") return value;
  return slice(value, [{ axis: 1, from: 1, to: Number(value.shape[1]) }]);
}

/** Over which patches sums go: `batch` takes all as one image, `sample` each by itself. */
export type SumOver = "batch" | "sample";

/** Sums of true positives, predictions and wanted voxels, each [1 or N, C, 1...]; voxels that do not count left out. */
export interface SoftCounts {
  readonly both: Value;
  readonly predicted: Value;
  readonly wanted: Value;
}

/** Soft counts of a prediction. */
export function softCounts(input: LossInput, over: SumOver): SoftCounts {
  const { target, counted } = input;
  const shares = sharesOf(input);
  const axes = target.shape.map((_, axis) => axis).filter((axis) => axis !== 1 && (axis !== 0 || over === "batch"));
  const sum = (value: Value) => reduceSum(counted === undefined ? value : mul(value, counted), { axes });
  return { both: sum(mul(shares, target)), predicted: sum(shares), wanted: sum(target) };
}

/** 1 - value. */
export function complement(value: Value): Value {
  return shift(neg(value), 1);
}
