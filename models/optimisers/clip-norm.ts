import type { Value } from "../graph/builder.ts";
import { add, div, min, mul, scale, shift, sqrt, sumOfAll } from "../graph/operators/index.ts";

/** Keeps a division by the norm of a gradient of zeros finite, as PyTorch's clip_grad_norm_ does. */
const EPSILON = 1e-6;

/** Euclidean length of several vectors taken as one. */
export function normOf(vectors: readonly Value[]): Value {
  return sqrt(vectors.map((vector) => sumOfAll(mul(vector, vector))).reduce(add));
}

/** Factor that shortens a gradient of some norm to `longest`, 1 for one that is short enough. */
export function clipFactor(norm: Value, longest: number): Value {
  const { graph } = norm;
  return min(graph.floats([1]), scale(div(graph.floats([1]), shift(norm, EPSILON)), longest));
}
