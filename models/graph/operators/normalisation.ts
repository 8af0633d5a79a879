import { float, int } from "../attributes.ts";
import type { Value } from "../builder.ts";
import { reshape } from "./arrange.ts";
import { add, mul } from "./elementwise.ts";

/** A learnt factor and offset per channel. */
export interface Affine {
  readonly scale: Value;
  readonly bias: Value;
}

/**
 * Each channel of each image to mean 0 and deviation 1, then scaled and shifted.
 *
 * Shape:  [N, C, ...], scale and bias [C] -> [N, C, ...]
 * Source: Ulyanov 2016, arXiv:1607.08022
 */
export function instanceNorm(
  value: Value,
  { scale, bias, epsilon = 1e-5 }: Affine & { readonly epsilon?: number },
): Value {
  const { type, shape } = value;
  const attributes = { epsilon: float(epsilon) };
  return value.graph.node("InstanceNormalization", [value, scale, bias], { type, shape, attributes });
}

/**
 * Each row along the last axis to mean 0 and deviation 1, then scaled and shifted.
 *
 * Shape:  [..., C], scale and bias [C] -> [..., C]
 * Source: Ba 2016, arXiv:1607.06450
 */
export function layerNorm(
  value: Value,
  { scale, bias, epsilon = 1e-5 }: Affine & { readonly epsilon?: number },
): Value {
  const { type, shape, graph } = value;
  const attributes = { axis: int(-1), epsilon: float(epsilon) };
  return graph.node("LayerNormalization", [value, scale, bias], { type, shape, attributes });
}

/**
 * Groups of channels of each image to mean 0 and deviation 1, then each channel scaled and shifted.
 *
 * Shape:  [N, C, ...], scale and bias [C] -> [N, C, ...]
 * Source: Wu 2018, arXiv:1803.08494
 */
export function groupNorm(
  value: Value,
  { scale, bias, groups, epsilon = 1e-5 }: Affine & { readonly groups: number; readonly epsilon?: number },
): Value {
  const { graph, shape } = value;
  const [batch, channels, ...sides] = shape;
  const length = sides.reduce<number>((product, side) => product * Number(side), Number(channels) / groups);
  const ones = graph.floats(new Array<number>(groups).fill(1), [groups]);
  const zeros = graph.floats(new Array<number>(groups).fill(0), [groups]);
  const grouped = reshape(value, [batch, groups, length]);
  const normal = reshape(instanceNorm(grouped, { scale: ones, bias: zeros, epsilon }), shape);
  const perChannel = (each: Value) => reshape(each, [1, Number(channels), ...sides.map(() => 1)]);
  return add(mul(normal, perChannel(scale)), perChannel(bias));
}

/**
 * Each channel by a fixed mean and variance, then scaled and shifted: batch normalisation as inference does it.
 *
 * Shape:  [N, C, ...], scale, bias, mean and variance [C] -> [N, C, ...]
 */
export function batchNorm(
  value: Value,
  {
    scale,
    bias,
    mean,
    variance,
    epsilon = 1e-5,
  }: Affine & { readonly mean: Value; readonly variance: Value; readonly epsilon?: number },
): Value {
  const { type, shape, graph } = value;
  const inputs = [value, scale, bias, mean, variance];
  return graph.node("BatchNormalization", inputs, { type, shape, attributes: { epsilon: float(epsilon) } });
}
