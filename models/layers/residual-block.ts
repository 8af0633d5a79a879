import type { Value } from "../graph/builder.ts";
import { add, averagePool } from "../graph/operators/index.ts";
import { activated, type ConvolutionOptions, convBlock, convolution, normalised } from "./conv-block.ts";
import type { Parameters } from "./parameters.ts";

/**
 * Two convolutions whose result is added to what went in, which is pooled and projected where the sides or channels differ.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]
 * Source: He 2019, arXiv:1812.01187, ResNet-D, as nnU-Net's residual encoder has it
 */
export function residualBlock(image: Value, parameters: Parameters, options: ConvolutionOptions): Value {
  const { features, kernel } = options;
  const first = parameters.within("conv1", (inner) => convBlock(image, inner, options));
  const second = parameters.within("conv2", (inner) => convolution(first, inner, { features, kernel }));
  const made = parameters.within("norm2", (inner) => normalised(second, inner));
  return activated(
    add(
      made,
      parameters.within("skip", (inner) => shortcut(image, inner, options)),
    ),
  );
}

function shortcut(
  image: Value,
  parameters: Parameters,
  { features, kernel, stride = kernel.map(() => 1) }: ConvolutionOptions,
): Value {
  const pooled = stride.every((each) => each === 1) ? image : averagePool(image, { kernel: stride, strides: stride });
  if (features === image.shape[1]) return pooled;
  const options = { features, kernel: kernel.map(() => 1), bias: false };
  const projected = parameters.within("conv", (inner) => convolution(pooled, inner, options));
  return parameters.within("norm", (inner) => normalised(projected, inner));
}
