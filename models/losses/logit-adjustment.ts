import type { Value } from "../graph/builder.ts";
import { add } from "../graph/operators/index.ts";
import { perChannel } from "./class-weights.ts";

/** Frequency that a class is taken to have where no case holds it. */
const LEAST_FREQUENCY = 1e-8;

/**
 * Logits plus tau times the log frequency of each channel, for the loss alone: the network has to score rare classes higher.
 *
 * What is delivered scores without it, which is the same as subtracting it after ordinary training.
 *
 * Source: Menon 2021, arXiv:2007.07314, equation 10
 */
export function adjustedLogits(
  logits: Value,
  { frequencies, tau }: { readonly frequencies: readonly number[]; readonly tau: number },
): Value {
  const offsets = frequencies.map((frequency) => tau * Math.log(Math.max(frequency, LEAST_FREQUENCY)));
  return add(logits, perChannel(offsets, logits));
}
