import type { Value } from "../graph/builder.ts";
import { groupNorm } from "../graph/operators/index.ts";
import { constantly, type Parameters } from "./parameters.ts";

/** Group normalisation with its own factor and offset per channel. */
export function groupNormalised(value: Value, parameters: Parameters, { groups }: { readonly groups: number }): Value {
  const channels = [Number(value.shape[1])];
  const scale = parameters.weight("weight", channels, constantly(1));
  return groupNorm(value, { scale, bias: parameters.weight("bias", channels, constantly(0)), groups });
}
