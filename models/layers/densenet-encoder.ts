import type { Value } from "../graph/builder.ts";
import { averagePool, concat, maxPool, relu } from "../graph/operators/index.ts";
import { batchNormalised } from "./batch-norm.ts";
import { convolution } from "./conv-block.ts";
import { halvings } from "./halvings.ts";
import type { Parameters } from "./parameters.ts";

/** Widths and depths of a DenseNet. */
export interface DenseNetSizes {
  /** Dense layers of each of the four blocks. */
  readonly blocks: readonly number[];
  /** Channels that a dense layer adds. */
  readonly growth: number;
  /** Channels of the first convolution. */
  readonly initial: number;
}

/** Channels between the two convolutions of a dense layer, per channel that it adds. */
const BOTTLENECK = 4;

/**
 * DenseNet without its classifier, in 2-D or 3-D: five feature maps, each half as large as the one before.
 *
 * A block's features are taken before its transition narrows and pools them, as segmentation_models.pytorch does, and
 * parameters have its names. An axis that cannot be halved keeps its side.
 *
 * Shape:  [N, C, ...sides] -> five [N, channels, ...sides / 2, / 4, / 8, / 16, / 32]; for DenseNet-121 channels are 64, 256,
 *         512, 1024, 1024
 * Source: Huang 2017, arXiv:1608.06993
 */
export function denseNetEncoder(
  image: Value,
  parameters: Parameters,
  { blocks, growth, initial }: DenseNetSizes,
): readonly { readonly value: Value; readonly stride: readonly number[] }[] {
  const strides = halvings(image.shape.slice(2).map(Number), blocks.length + 1);
  const kernel = (side: number) => strides[0].map(() => side);
  const stem = parameters.within("conv0", (inner) =>
    convolution(image, inner, { features: initial, kernel: kernel(7), stride: strides[0], bias: false }),
  );
  const first = relu(parameters.within("norm0", (inner) => batchNormalised(stem, inner)));
  const half = kernel(1);
  let value = maxPool(first, { kernel: kernel(3), strides: strides[1], pads: [...half, ...half] });
  const levels = [{ value: first, stride: strides[0] }];
  for (const [n, layers] of blocks.entries()) {
    value = denseBlock(value, parameters, { name: `denseblock${n + 1}`, layers, growth });
    if (n === blocks.length - 1) value = parameters.within("norm5", (inner) => batchNormalised(value, inner));
    else {
      const skip = parameters.within(`transition${n + 1}`, (inner) => normalRelu(value, inner, "norm"));
      levels.push({ value: skip, stride: strides[n + 1] });
      value = narrowed(skip, parameters, { name: `transition${n + 1}`, stride: strides[n + 2] });
    }
  }
  return [...levels, { value, stride: strides[blocks.length] }];
}

/** Each layer sees what all before it made. */
function denseBlock(
  image: Value,
  parameters: Parameters,
  { name, layers, growth }: { readonly name: string; readonly layers: number; readonly growth: number },
): Value {
  return parameters.within(name, (block) => {
    let value = image;
    for (let n = 1; n <= layers; n++) {
      const input = value;
      const made = block.within(`denselayer${n}`, (inner) =>
        block.graph.segment(() => denseLayer(input, inner, growth)),
      );
      value = concat([value, made], { axis: 1 });
    }
    return value;
  });
}

function denseLayer(image: Value, parameters: Parameters, growth: number): Value {
  const rank = image.shape.length - 2;
  const kernel = (side: number) => new Array<number>(rank).fill(side);
  const wide = normalRelu(image, parameters, "norm1");
  const narrow = parameters.within("conv1", (inner) =>
    convolution(wide, inner, { features: BOTTLENECK * growth, kernel: kernel(1), bias: false }),
  );
  const active = normalRelu(narrow, parameters, "norm2");
  return parameters.within("conv2", (inner) =>
    convolution(active, inner, { features: growth, kernel: kernel(3), bias: false }),
  );
}

function narrowed(
  image: Value,
  parameters: Parameters,
  { name, stride }: { readonly name: string; readonly stride: readonly number[] },
): Value {
  const features = Number(image.shape[1]) / 2;
  const made = parameters.within(`${name}.conv`, (inner) =>
    convolution(image, inner, { features, kernel: stride.map(() => 1), bias: false }),
  );
  return stride.every((each) => each === 1) ? made : averagePool(made, { kernel: stride, strides: stride });
}

function normalRelu(value: Value, parameters: Parameters, name: string): Value {
  return relu(parameters.within(name, (inner) => batchNormalised(value, inner)));
}
