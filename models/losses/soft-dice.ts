import type { Value } from "../graph/builder.ts";
import { add, div, scale, shift } from "../graph/operators/index.ts";
import type { Loss } from "./loss.ts";
import { meanOverPresent } from "./mean-over-present.ts";
import { complement, foregroundOf, type SumOver, softCounts } from "./shares.ts";

/** How soft Dice is summed. */
export interface SoftDiceOptions {
  readonly over?: SumOver;
  /** Whether channel 0 of a softmax counts too. */
  readonly background?: boolean;
  readonly smooth?: number;
}

/**
 * 1 - mean of Dice over the channels that the target holds; a channel that it does not hold is left out.
 *
 * Source: Milletari 2016, doi:10.1109/3DV.2016.79, with plain sums in the denominator as nnU-Net has it; nnU-Net counts a
 *         channel that is not there as Dice 0 or 1, which pulls on whatever was predicted for it
 */
export function softDice({ over = "batch", background = false, smooth = 1e-5 }: SoftDiceOptions = {}): Loss {
  return (input) => {
    const { both, predicted, wanted } = softCounts(input, over);
    const dice = div(shift(scale(both, 2), smooth), shift(add(predicted, wanted), smooth));
    const kept = (value: Value) => (background ? value : foregroundOf(value, input.activation));
    return meanOverPresent(complement(kept(dice)), kept(wanted));
  };
}
