import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import { matmul, reshape, scale, softmax, split, transpose } from "../graph/operators/index.ts";
import { linear } from "./linear.ts";
import type { Parameters } from "./parameters.ts";

/** How tokens look at each other. */
export interface AttentionOptions {
  readonly heads: number;
  /** Changes the logits [..., heads, tokens, tokens] before the softmax: position bias, masks. */
  readonly adjust?: (logits: Value) => Value;
  /** Whether queries, keys and values have an offset. */
  readonly bias: boolean;
  /** Name of the last layer. */
  readonly output: string;
}

/**
 * Scaled dot-product attention of every token to every other with several heads.
 *
 * Shape:  [..., tokens, C] -> [..., tokens, C]
 * Errors: GraphError when the heads do not divide the channels
 * Source: Vaswani 2017, arXiv:1706.03762
 */
export function selfAttention(
  tokens: Value,
  parameters: Parameters,
  { heads, adjust = (logits) => logits, bias, output }: AttentionOptions,
): Value {
  const { shape } = tokens;
  const channels = Number(shape.at(-1));
  if (channels % heads !== 0)
    throw new GraphError({
      where: "attention heads",
      expected: `a divisor of ${channels} features`,
      got: `${heads}`,
    });
  const together = parameters.within("qkv", (inner) => linear(tokens, inner, { features: 3 * channels, bias }));
  const swapped = shape.map((_, axis) => axis).concat(shape.length);
  const last = shape.length;
  [swapped[last - 2], swapped[last - 1]] = [last - 1, last - 2];
  const apart = (part: Value) => transpose(reshape(part, [...shape.slice(0, -1), heads, channels / heads]), swapped);
  const lengths = [channels, channels, channels];
  const [query, key, value] = split(together, { axis: last - 1, lengths }).map(apart);
  const scaled = scale(query, (channels / heads) ** -0.5);
  const shares = softmax(adjust(matmul(scaled, key, { transposeSecond: true })), { axis: -1 });
  const mixed = reshape(transpose(matmul(shares, value), swapped), shape);
  return parameters.within(output, (inner) => linear(mixed, inner, { features: channels }));
}
