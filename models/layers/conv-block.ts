import type { Value } from "../graph/builder.ts";
import { conv, instanceNorm, leakyRelu } from "../graph/operators/index.ts";
import { constantly, heNormal, type Initial, type Parameters } from "./parameters.ts";

/** Slope of nnU-Net's leaky ReLU below 0. */
export const LEAKY_SLOPE = 0.01;

/** A convolution that keeps the sides but for its stride. */
export interface ConvolutionOptions {
  readonly features: number;
  /** Odd sides. */
  readonly kernel: readonly number[];
  readonly stride?: readonly number[];
  readonly bias?: boolean;
  /** Of the weight; He's when left out. */
  readonly initial?: Initial;
}

/**
 * A convolution with its own weight and bias, padded so that stride 1 keeps the sides.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]
 */
export function convolution(
  image: Value,
  parameters: Parameters,
  { features, kernel, stride = kernel.map(() => 1), bias = true, initial }: ConvolutionOptions,
): Value {
  const channels = Number(image.shape[1]);
  const fanIn = kernel.reduce((product, side) => product * side, channels);
  const start = initial ?? heNormal(fanIn, { slope: LEAKY_SLOPE });
  const half = kernel.map((side) => (side - 1) / 2);
  return conv(image, {
    weight: parameters.weight("weight", [features, channels, ...kernel], start),
    bias: bias ? parameters.weight("bias", [features], constantly(0)) : undefined,
    strides: stride,
    pads: [...half, ...half],
  });
}

/** Instance normalisation with its own factor and offset per channel. */
export function normalised(value: Value, parameters: Parameters): Value {
  const channels = Number(value.shape[1]);
  const scale = parameters.weight("weight", [channels], constantly(1));
  return instanceNorm(value, { scale, bias: parameters.weight("bias", [channels], constantly(0)) });
}

/** nnU-Net's leaky ReLU. */
export function activated(value: Value): Value {
  return leakyRelu(value, { slope: LEAKY_SLOPE });
}

/**
 * Convolution, instance normalisation, leaky ReLU.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]
 * Source: Isensee 2021, doi:10.1038/s41592-020-01008-z
 */
export function convBlock(image: Value, parameters: Parameters, options: ConvolutionOptions): Value {
  const made = parameters.within("conv", (inner) => convolution(image, inner, options));
  return activated(parameters.within("norm", (inner) => normalised(made, inner)));
}
