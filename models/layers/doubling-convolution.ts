import { convolutionInput } from "../gradient/convolution-input.ts";
import type { Value } from "../graph/builder.ts";
import { missingChannels } from "../graph/missing-channels.ts";
import { add, pad, reshape } from "../graph/operators/index.ts";
import { constantly, type Parameters, uniformFor } from "./parameters.ts";

/** Side of the kernel. */
const KERNEL = 3;

/**
 * A transposed convolution with a kernel of 3, which makes the sides `stride` times as long: 1 or 2.
 *
 * It is the gradient of a convolution to its image, computed phase by phase: the operator itself is slow on the CPU, and WebGPU
 * lacks it in 3-D.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...stride * sides]; the weight is [C, features, 3, ...]
 */
export function doublingConvolution(
  image: Value,
  parameters: Parameters,
  { features, stride }: { readonly features: number; readonly stride: readonly number[] },
): Value {
  const [, channels, ...sides] = image.shape.map(Number);
  const each = (value: number, length = sides.length) => new Array<number>(length).fill(value);
  const kernel = each(KERNEL);
  const start = uniformFor(features * KERNEL ** sides.length);
  // Here, because the weight is computed in the graph, where rewriting for WebGPU cannot know its channels.
  const missing = missingChannels({ channels, groups: 1, rank: image.shape.length });
  const filled = (value: Value, axis: number) => {
    const rank = value.shape.length;
    return missing === 0 ? value : pad(value, { pads: new Array<number>(2 * rank).fill(0).with(rank + axis, missing) });
  };
  const weight = parameters.weight("weight", [channels, features, ...kernel], start);
  const larger = convolutionInput(filled(image, 1), filled(weight, 0), {
    kernel,
    strides: stride,
    dilations: each(1),
    pads: each(1, 2 * sides.length),
    groups: 1,
    sides: sides.map((side, axis) => stride[axis] * side),
  });
  const offset = parameters.weight("bias", [features], constantly(0));
  return add(larger, reshape(offset, [1, features, ...each(1)]));
}
