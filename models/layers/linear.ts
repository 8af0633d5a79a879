import type { Value } from "../graph/builder.ts";
import { gelu, gemm, layerNorm, reshape } from "../graph/operators/index.ts";
import { constantly, type Parameters, uniformFor } from "./parameters.ts";

/**
 * A product with a learnt matrix along the last axis, and a learnt offset; one product of matrices whatever the axes before it.
 *
 * Shape:  [..., C] -> [..., features]; the weight is [features, C]
 */
export function linear(
  value: Value,
  parameters: Parameters,
  { features, bias = true }: { readonly features: number; readonly bias?: boolean },
): Value {
  const leading = value.shape.slice(0, -1);
  const channels = Number(value.shape.at(-1));
  const weight = parameters.weight("weight", [features, channels], uniformFor(channels));
  const offset = bias ? { bias: parameters.weight("bias", [features], uniformFor(channels)) } : {};
  const isOpen = leading.some((side) => typeof side !== "number");
  const count = isOpen ? undefined : leading.reduce<number>((product, side) => product * Number(side), 1);
  return reshape(gemm(reshape(value, [count, channels]), { weight, ...offset }), [...leading, features]);
}

/** Two products with a GELU in between: a transformer's feed-forward half. */
export function feedForward(value: Value, parameters: Parameters, { features }: { readonly features: number }): Value {
  const wide = parameters.within("linear1", (inner) => linear(value, inner, { features }));
  const channels = Number(value.shape.at(-1));
  return parameters.within("linear2", (inner) => linear(gelu(wide), inner, { features: channels }));
}

/** Layer normalisation with its own factor and offset per channel; channels come last. */
export function layerNormalised(value: Value, parameters: Parameters): Value {
  const channels = [Number(value.shape.at(-1))];
  const scale = parameters.weight("weight", channels, constantly(1));
  return layerNorm(value, { scale, bias: parameters.weight("bias", channels, constantly(0)) });
}
