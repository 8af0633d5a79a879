import { flipped } from "../gradient/convolution-input.ts";
import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { add, conv, gelu, pad, reshape, slice, transpose } from "../graph/operators/index.ts";
import { floatsOf, floatTensor } from "../graph/tensor.ts";
import { convolution, normalised } from "./conv-block.ts";
import { constantly, type Parameters, uniformFor } from "./parameters.ts";

/** What makes one MedNeXt block differ from another. */
export interface MedNextBlockOptions {
  /** Channels that come out; as many as go in when left out. */
  readonly features?: number;
  /** Side of the depthwise kernel, odd. */
  readonly kernel: number;
  /** How many times as wide its middle is. */
  readonly expansion: number;
}

/** Of the blocks that change the sides: 1 or 2 per axis. */
type Strided = Required<MedNextBlockOptions> & { readonly stride: readonly number[] };

/**
 * Each channel by a kernel of its own, then a wide middle, added to what goes in.
 *
 * Shape:  [N, C, ...sides] -> [N, C, ...sides]
 * Source: Roy 2023, arXiv:2303.09975, and the three below; GroupNorm with a group per channel is instance normalisation
 */
export function medNextBlock(image: Value, parameters: Parameters, options: MedNextBlockOptions): Value {
  const ones = image.shape.slice(2).map(() => 1);
  return parameters.graph.segment(() =>
    add(image, widened(depthwise(image, parameters, { ...options, stride: ones }), parameters, options)),
  );
}

/**
 * A block whose depthwise convolution shortens the sides, added to what a strided projection makes of the image.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...sides / stride]
 */
export function medNextDown(image: Value, parameters: Parameters, options: Strided): Value {
  const { features, stride } = options;
  return parameters.graph.segment(() => {
    const made = widened(depthwise(image, parameters, options), parameters, options);
    const kernel = stride.map(() => 1);
    const initial = uniformFor(Number(image.shape[1]));
    const projected = parameters.within("res_conv", (inner) =>
      convolution(image, inner, { features, kernel, stride, initial }),
    );
    return add(made, projected);
  });
}

/**
 * A block whose depthwise convolution is transposed: voxels get zeros between them, and a row of zeros before each axis.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...sides * stride]
 */
export function medNextUp(image: Value, parameters: Parameters, options: Strided): Value {
  const { features, stride } = options;
  return parameters.graph.segment(() => {
    const apart = (value: Value) => spread(value, stride);
    const made = widened(depthwise(apart(image), parameters, { ...options, isTransposed: true }), parameters, options);
    const projected = parameters.within("res_conv", (inner) => {
      const { weight, offset } = transposedPoint(inner, { channels: Number(image.shape[1]), features, stride });
      return add(apart(conv(image, { weight })), offset);
    });
    const before = stride.map((each) => each - 1);
    return pad(add(made, projected), { pads: [0, 0, ...before, 0, 0, ...stride.map(() => 0)] });
  });
}

/** Logits by a transposed convolution of one voxel. Shape:  [N, C, ...] -> [N, outputs, ...] */
export function medNextOut(image: Value, parameters: Parameters, { outputs }: { readonly outputs: number }): Value {
  const stride = image.shape.slice(2).map(() => 1);
  return parameters.within("conv_out", (inner) => {
    const channels = Number(image.shape[1]);
    const { weight, offset } = transposedPoint(inner, { channels, features: outputs, stride });
    return add(conv(image, { weight }), offset);
  });
}

/** Weight and offset of a transposed convolution of one voxel, for a plain one; the weight is kept as [C, features, 1...]. */
function transposedPoint(
  parameters: Parameters,
  { channels, features, stride }: { channels: number; features: number; stride: readonly number[] },
) {
  const kernel = stride.map(() => 1);
  const kept = parameters.weight("weight", [channels, features, ...kernel], uniformFor(features));
  const bias = parameters.weight("bias", [features], constantly(0));
  return {
    weight: transpose(kept, [1, 0, ...kernel.map((_, axis) => axis + 2)]),
    offset: reshape(bias, [1, features, ...kernel]),
  };
}

function depthwise(
  image: Value,
  parameters: Parameters,
  {
    kernel,
    stride,
    isTransposed = false,
  }: { readonly kernel: number; readonly stride: readonly number[]; readonly isTransposed?: boolean },
): Value {
  const channels = Number(image.shape[1]);
  const sides = stride.map(() => kernel);
  const half = stride.map(() => (kernel - 1) / 2);
  return parameters.within("conv1", (inner) => {
    const weight = inner.weight("weight", [channels, 1, ...sides], uniformFor(kernel ** stride.length));
    return conv(image, {
      weight: isTransposed ? turned(weight) : weight,
      bias: inner.weight("bias", [channels], constantly(0)),
      groups: channels,
      pads: [...half, ...half],
      ...(isTransposed ? {} : { strides: stride }),
    });
  });
}

/** A depthwise kernel walked backwards; where it is known, as a constant, so that rewriting for WebGPU can take it apart. */
function turned(weight: Value): Value {
  const { graph, name } = weight;
  const known = graph.constantOf(weight);
  if (known === undefined) return flipped(weight);
  const shape = weight.shape.map(Number);
  const taps = elementCountOf(shape.slice(1));
  const values = floatsOf(known);
  const backwards = values.map((_, i) => values[i - (i % taps) + (taps - 1 - (i % taps))]);
  return graph.constant(floatTensor(`${name}.turned`, shape, backwards));
}

function widened(
  value: Value,
  parameters: Parameters,
  { expansion, features = Number(value.shape[1]) }: MedNextBlockOptions,
): Value {
  const channels = Number(value.shape[1]);
  const point = (name: string, image: Value, wanted: number) =>
    parameters.within(name, (inner) =>
      convolution(image, inner, {
        features: wanted,
        kernel: image.shape.slice(2).map(() => 1),
        initial: uniformFor(Number(image.shape[1])),
      }),
    );
  const normal = parameters.within("norm", (inner) => normalised(value, inner));
  return point("conv3", gelu(point("conv2", normal, expansion * channels)), features);
}

/** Puts `stride - 1` zeros between the voxels of each axis. */
function spread(image: Value, stride: readonly number[]): Value {
  return stride.reduce((value, step, n) => {
    if (step === 1) return value;
    const [axis, rank] = [n + 2, value.shape.length];
    const side = Number(value.shape[axis]);
    const apart = reshape(value, [...value.shape.slice(0, axis + 1), 1, ...value.shape.slice(axis + 1)]);
    const pads = new Array<number>(2 * rank + 2).fill(0).with(rank + 1 + axis + 1, step - 1);
    const wide = reshape(pad(apart, { pads }), value.shape.with(axis, side * step));
    return slice(wide, [{ axis, from: 0, to: (side - 1) * step + 1 }]);
  }, image);
}
