import type { Value } from "../graph/builder.ts";
import { add, conv, reshape, transpose } from "../graph/operators/index.ts";
import { LEAKY_SLOPE } from "./conv-block.ts";
import { constantly, heNormal, type Parameters } from "./parameters.ts";

/**
 * Transposed convolution whose kernel is as large as its stride, so that each voxel becomes a block of its own.
 *
 * A product per voxel and a rearrangement: the operator itself takes 10 times as long on the CPU, and WebGPU lacks it in 3-D.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...sides * stride]; the weight is [C, features, ...stride]
 */
export function transposedConvolution(
  image: Value,
  parameters: Parameters,
  { features, stride }: { readonly features: number; readonly stride: readonly number[] },
): Value {
  const [batch, channels, ...sides] = image.shape.map((side, axis) => (axis === 0 ? side : Number(side)));
  const block = stride.reduce((product, side) => product * side, 1);
  const initial = heNormal(features * block, { slope: LEAKY_SLOPE });
  const weight = parameters.weight("weight", [Number(channels), features, ...stride], initial);
  const bias = parameters.weight("bias", [features], constantly(0));
  const rows = transpose(reshape(weight, [Number(channels), features * block]), [1, 0]);
  const made = conv(image, { weight: reshape(rows, [features * block, Number(channels), ...stride.map(() => 1)]) });
  const rank = stride.length;
  const apart = reshape(made, [batch, features, ...stride, ...sides]);
  const woven = transpose(apart, [0, 1, ...stride.flatMap((_, axis) => [2 + rank + axis, 2 + axis])]);
  const larger = reshape(woven, [batch, features, ...sides.map((side, axis) => Number(side) * stride[axis])]);
  return add(larger, reshape(bias, [1, features, ...stride.map(() => 1)]));
}
