import type { Value } from "../graph/builder.ts";
import { concat, relu, resize, tanh } from "../graph/operators/index.ts";
import { batchNormalised } from "./batch-norm.ts";
import { convolution } from "./conv-block.ts";
import { operationalConvolution } from "./operational-convolution.ts";
import type { Parameters } from "./parameters.ts";

/** What a decoder's block makes of what comes from below and from the side. */
export interface UpwardOptions {
  /** Features of the resolution that is gone up to; none at the finest. */
  readonly skips: readonly Value[];
  readonly features: number;
  /** How much larger each side becomes. */
  readonly stride: readonly number[];
  /** Greatest power of its operational convolutions, with tanh; none for plain convolutions with ReLU. */
  readonly order?: number | undefined;
}

/**
 * Nearest-neighbour enlargement, the skips beside it, two normalised convolutions: the block of segmentation_models.pytorch's
 * decoders and, with an order, of FootSegONN's.
 *
 * Shape:  [N, C, ...sides] -> [N, features, ...sides * stride]
 */
export function upwardBlock(
  value: Value,
  parameters: Parameters,
  { skips, features, stride, order }: UpwardOptions,
): Value {
  const isLarger = stride.some((each) => each > 1);
  const larger = isLarger ? resize(value, { scales: stride, mode: "nearest" }) : value;
  const together = concat([larger, ...skips], { axis: 1 });
  return parameters.graph.segment(() =>
    ["conv1", "conv2"].reduce(
      (input, name) => parameters.within(name, (inner) => convolved(input, inner, { features, order })),
      together,
    ),
  );
}

function convolved(
  value: Value,
  parameters: Parameters,
  { features, order }: Pick<UpwardOptions, "features" | "order">,
): Value {
  const kernel = value.shape.slice(2).map(() => 3);
  const made = parameters.within("0", (inner) =>
    order === undefined
      ? convolution(value, inner, { features, kernel, bias: false })
      : operationalConvolution(value, inner, { features, kernel, order }),
  );
  const normal = parameters.within("1", (inner) => batchNormalised(made, inner));
  return order === undefined ? relu(normal) : tanh(normal);
}
