import type { Value } from "../graph/builder.ts";
import { add, div, min, mul, shift, sub } from "../graph/operators/index.ts";

/**
 * Exponential moving average of weights after a step; young averages forget faster, so that the start does not linger.
 *
 * The decay in step t is min(decay, (1 + t) / (10 + t)).
 *
 * Source: Polyak 1992, doi:10.1137/0330046; the warm-up is that of TensorFlow's ExponentialMovingAverage
 */
export function movingAverage(
  average: Value,
  { weights, step, decay }: { readonly weights: Value; readonly step: Value; readonly decay: number },
): Value {
  const kept = min(step.graph.floats([decay]), div(shift(step, 1), shift(step, 10)));
  return add(weights, mul(sub(average, weights), kept));
}
