import type { Value } from "../graph/builder.ts";
import { mul, neg, relu, sub } from "../graph/operators/index.ts";
import { constantly, type Parameters } from "./parameters.ts";

/** The value where it is positive, else a learnt slope times it, 1/4 at first. Source: He 2015, doi:10.1109/ICCV.2015.123 */
export function prelu(value: Value, parameters: Parameters): Value {
  const slope = parameters.weight("weight", [1], constantly(0.25));
  return sub(relu(value), mul(relu(neg(value)), slope));
}
