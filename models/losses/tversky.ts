import type { Value } from "../graph/builder.ts";
import { add, div, scale, shift, sub } from "../graph/operators/index.ts";
import { powered } from "./focal.ts";
import type { Loss, LossInput } from "./loss.ts";
import { meanOverPresent } from "./mean-over-present.ts";
import { complement, foregroundOf, type SumOver, softCounts } from "./shares.ts";

/** What false positives and false negatives weigh. */
export interface TverskyOptions {
  /** Weight of false positives. */
  readonly alpha?: number;
  /** Weight of false negatives. */
  readonly beta?: number;
  readonly over?: SumOver;
  readonly background?: boolean;
  readonly smooth?: number;
}

/**
 * 1 - mean of the Tversky index over the channels that the target holds.
 *
 * Source: Salehi 2017, doi:10.1007/978-3-319-67389-9_44
 */
export function tversky(options: TverskyOptions = {}): Loss {
  return focalTversky({ ...options, gamma: 1 });
}

/**
 * Mean of (1 - Tversky index)^(1 / gamma) over the channels that the target holds.
 *
 * Source: Abraham 2019, doi:10.1109/ISBI.2019.8759329
 */
export function focalTversky({
  gamma = 4 / 3,
  background = false,
  ...options
}: TverskyOptions & { gamma?: number } = {}): Loss {
  return (input) => {
    const { index, wanted } = tverskyIndex(input, options);
    const kept = (value: Value) => (background ? value : foregroundOf(value, input.activation));
    const missing = complement(kept(index));
    return meanOverPresent(gamma === 1 ? missing : powered(missing, 1 / gamma), kept(wanted));
  };
}

/** Tversky index of each channel, and its wanted volume; both [1 or N, C, 1...]. */
export function tverskyIndex(
  input: LossInput,
  { alpha = 0.3, beta = 0.7, over = "batch", smooth = 1e-5 }: TverskyOptions,
): { readonly index: Value; readonly wanted: Value } {
  const { both, predicted, wanted } = softCounts(input, over);
  const falsePositives = scale(sub(predicted, both), alpha);
  const falseNegatives = scale(sub(wanted, both), beta);
  const index = div(shift(both, smooth), shift(add(both, add(falsePositives, falseNegatives)), smooth));
  return { index, wanted };
}
