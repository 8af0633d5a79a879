import type { Value } from "../graph/builder.ts";
import { mul, reciprocal, reduceSum, shift, sqrt } from "../graph/operators/index.ts";

/** Added under the root, so that 0 stays 0. */
const EPSILON = 1e-6;

/** Vectors along the second axis, each brought to Euclidean length 1. */
export function normalised(value: Value): Value {
  const square = reduceSum(mul(value, value), { axes: [1] });
  return mul(value, reciprocal(sqrt(shift(square, EPSILON))));
}
