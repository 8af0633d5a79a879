import type { Value } from "../graph/builder.ts";
import {
  add,
  div,
  max,
  min,
  mul,
  neg,
  reduceSum,
  scale,
  shift,
  sigmoid,
  slice,
  softmax,
  sumOfAll,
} from "../graph/operators/index.ts";
import type { Loss, LossInput } from "./loss.ts";

/** How soft Dice is summed. */
export interface SoftDiceOptions {
  /** `batch` takes all patches as one image, `sample` each by itself. */
  readonly over?: "batch" | "sample";
  /** Whether channel 0 of a softmax counts too. */
  readonly background?: boolean;
  readonly smooth?: number;
}

/** Shares of each channel. Shape: [N, C, ...] -> [N, C, ...] */
export function sharesOf({ logits, activation }: Pick<LossInput, "logits" | "activation">): Value {
  return activation === "softmax" ? softmax(logits, { axis: 1 }) : sigmoid(logits);
}

/** Channels that are no background. Shape: [N, C, ...] -> [N, C - 1, ...], or all for a sigmoid */
export function foregroundOf(value: Value, activation: LossInput["activation"]): Value {
  if (activation === "sigmoid") return value;
  return slice(value, [{ axis: 1, from: 1, to: Number(value.shape[1]) }]);
}

/**
 * 1 - mean of Dice over the channels that the target holds; a channel that it does not hold is left out.
 *
 * Source: Milletari 2016, doi:10.1109/3DV.2016.79, with plain sums in the denominator as nnU-Net has it; nnU-Net counts a
 *         channel that is not there as Dice 0 or 1, which pulls on whatever was predicted for it
 */
export function softDice({ over = "batch", background = false, smooth = 1e-5 }: SoftDiceOptions = {}): Loss {
  return (input) => {
    const { target, counted, activation } = input;
    const shares = sharesOf(input);
    const axes = target.shape.map((_, axis) => axis).filter((axis) => axis !== 1 && (axis !== 0 || over === "batch"));
    const sum = (value: Value) => reduceSum(counted === undefined ? value : mul(value, counted), { axes });
    const [both, predicted, wanted] = [mul(shares, target), shares, target].map(sum);
    const dice = div(shift(scale(both, 2), smooth), shift(add(predicted, wanted), smooth));
    const kept = (value: Value) => (background ? value : foregroundOf(value, activation));
    return meanOverPresent(shift(neg(kept(dice)), 1), kept(wanted));
  };
}

/** Mean of a value over the channels whose wanted volume is above 0; 0 where there is none. */
export function meanOverPresent(value: Value, wanted: Value): Value {
  const present = min(wanted, value.graph.floats([1]));
  return div(sumOfAll(mul(value, present)), max(sumOfAll(present), value.graph.floats([1])));
}
