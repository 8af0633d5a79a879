import type { Value } from "../graph/builder.ts";
import { convolution } from "./conv-block.ts";
import { type Parameters, uniformFor } from "./parameters.ts";

/** A convolution with the same side along each axis. */
export interface PlainConvolutionOptions {
  readonly features: number;
  /** Of the kernel, odd. */
  readonly side: number;
  readonly stride?: readonly number[];
  /** Whether it has an offset; none when left out. */
  readonly bias?: boolean;
}

/**
 * A convolution that starts as PyTorch's do, its parameters under `conv` as MONAI's Convolution has them.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]
 */
export function plainConvolution(
  image: Value,
  parameters: Parameters,
  { features, side, stride, bias = false }: PlainConvolutionOptions,
): Value {
  const kernel = image.shape.slice(2).map(() => side);
  const fanIn = kernel.reduce((product, each) => product * each, Number(image.shape[1]));
  return parameters.within("conv", (inner) =>
    convolution(image, inner, {
      features,
      kernel,
      ...(stride === undefined ? {} : { stride }),
      bias,
      initial: uniformFor(fanIn),
    }),
  );
}
