import type { Value } from "../graph/builder.ts";
import { matmul, reshape, scale, softmax, transpose } from "../graph/operators/index.ts";
import { linear } from "./linear.ts";
import type { Parameters } from "./parameters.ts";

/** Who looks at what. */
export interface CrossAttentionInput {
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
}

/** How it is looked. */
export interface CrossAttentionOptions {
  readonly heads: number;
  /** Channels of all heads together; the heads divide them. */
  readonly features: number;
  /** Changes the logits [N, heads, queries, keys] before the softmax. */
  readonly adjust?: (logits: Value) => Value;
}

/**
 * Scaled dot-product attention of some tokens to others, projected to fewer channels on the way.
 *
 * Shape:  queries [N, Q, C], keys and values [N, K, C] -> [N, Q, C]
 * Source: Kirillov 2023, arXiv:2304.02643, the attention of Segment Anything's mask decoder, with its names
 */
export function crossAttention(
  { queries, keys, values }: CrossAttentionInput,
  parameters: Parameters,
  { heads, features, adjust = (logits) => logits }: CrossAttentionOptions,
): Value {
  const width = features / heads;
  const projected = (tokens: Value, name: string) => {
    const made = parameters.within(name, (inner) => linear(tokens, inner, { features }));
    return transpose(reshape(made, [...tokens.shape.slice(0, 2), heads, width]), [0, 2, 1, 3]);
  };
  const query = scale(projected(queries, "q_proj"), width ** -0.5);
  const logits = matmul(query, projected(keys, "k_proj"), { transposeSecond: true });
  const mixed = matmul(softmax(adjust(logits), { axis: -1 }), projected(values, "v_proj"));
  const [batch, , count] = mixed.shape;
  const together = reshape(transpose(mixed, [0, 2, 1, 3]), [batch, count, features]);
  const channels = Number(queries.shape[2]);
  return parameters.within("out_proj", (inner) => linear(together, inner, { features: channels }));
}
