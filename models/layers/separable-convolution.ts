import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { conv, relu } from "../graph/operators/index.ts";
import { convolution } from "./conv-block.ts";
import { type Norm, normalisedBy } from "./norm.ts";
import { heNormal, type Parameters } from "./parameters.ts";

/** A depthwise-separable convolution. */
export interface SeparableOptions {
  readonly features: number;
  readonly stride?: readonly number[];
  /** Distance between the taps of the depthwise kernel of 3; 1 when left out. */
  readonly dilation?: number;
  readonly norm: Norm;
}

/**
 * Each channel by a kernel of its own, then the channels mixed; normalised with a ReLU after each.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]
 * Source: Howard 2017, arXiv:1704.04861
 */
export function separableConvolution(
  image: Value,
  parameters: Parameters,
  { features, stride, dilation = 1, norm }: SeparableOptions,
): Value {
  const kernel = image.shape.slice(2).map(() => 3);
  const depthwise = parameters.within("depthwise", (inner) => {
    const channels = Number(image.shape[1]);
    const taps = elementCountOf(kernel);
    const reach = kernel.map(() => dilation);
    return conv(image, {
      weight: inner.weight("weight", [channels, 1, ...kernel], heNormal(taps)),
      groups: channels,
      dilations: reach,
      pads: [...reach, ...reach],
      ...(stride === undefined ? {} : { strides: stride }),
    });
  });
  const each = relu(normalisedBy(norm, depthwise, { parameters, name: "norm1" }));
  const pointwise = { features, kernel: kernel.map(() => 1), bias: false };
  const mixed = parameters.within("pointwise", (inner) => convolution(each, inner, pointwise));
  return relu(normalisedBy(norm, mixed, { parameters, name: "norm2" }));
}
