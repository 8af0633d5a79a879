import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { add, conv, reshape, transpose } from "../graph/operators/index.ts";
import { LEAKY_SLOPE } from "./conv-block.ts";
import { constantly, heNormal, type Initial, type Parameters } from "./parameters.ts";

/** A transposed convolution that makes each voxel a block of its own. */
export interface TransposedOptions {
  readonly features: number;
  /** Of the block. */
  readonly stride: readonly number[];
  readonly bias?: boolean;
  /** Of the weight; He's when left out. */
  readonly initial?: Initial;
}

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
  { features, stride, bias = true, initial }: TransposedOptions,
): Value {
  const [batch, channels, ...sides] = image.shape.map((side, axis) => (axis === 0 ? side : Number(side)));
  const block = elementCountOf(stride);
  const start = initial ?? heNormal(features * block, { slope: LEAKY_SLOPE });
  const weight = parameters.weight("weight", [Number(channels), features, ...stride], start);
  const rows = transpose(reshape(weight, [Number(channels), features * block]), [1, 0]);
  const made = conv(image, { weight: reshape(rows, [features * block, Number(channels), ...stride.map(() => 1)]) });
  const larger = reshape(woven(made, { stride, sides: sides.map(Number) }), [
    batch,
    features,
    ...sides.map((side, axis) => Number(side) * stride[axis]),
  ]);
  if (!bias) return larger;
  const offset = parameters.weight("bias", [features], constantly(0));
  return add(larger, reshape(offset, [1, features, ...stride.map(() => 1)]));
}

/**
 * Puts each block's sides behind the sides that they divide: [N, K * stride..., sides...] -> [..., side, stride, side, stride].
 *
 * Axis by axis, the last first, with a change of shape in between: ONNX Runtime moves a single axis at the speed of copying, all
 * at once at a third of it, and would join moves that follow each other.
 */
function woven(value: Value, { stride, sides }: { stride: readonly number[]; sides: readonly number[] }): Value {
  let tail = 1;
  return stride.reduceRight((moved, block, axis) => {
    const before = elementCountOf(sides.slice(0, axis + 1));
    const apart = reshape(moved, [undefined, block, before, tail]);
    tail *= sides[axis] * block;
    return transpose(apart, [0, 2, 1, 3]);
  }, value);
}
