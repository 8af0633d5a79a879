import type { Value } from "../graph/builder.ts";
import { add, relu } from "../graph/operators/index.ts";
import { type CrossAttentionInput, crossAttention } from "./cross-attention.ts";
import { layerNormalised, linear } from "./linear.ts";
import type { Parameters } from "./parameters.ts";

/** Sizes of a two-way transformer. */
export interface TwoWayOptions {
  readonly depth: number;
  readonly heads: number;
  /** Channels between the two projections of a block. */
  readonly hidden: number;
  /** What attention between tokens and image divides the channels by. */
  readonly downsample: number;
  /** Changes the logits [N, heads, positions, tokens] with which image positions look at tokens. */
  readonly adjust?: (logits: Value) => Value;
}

/** Tokens and the positions of an image, each [N, count, C]. */
export interface TwoWayTokens {
  readonly tokens: Value;
  readonly image: Value;
  /** Where each position lies, [1, count, C]. */
  readonly places: Value;
}

/**
 * Tokens and image positions that look at each other in turn.
 *
 * Shape:  tokens [1, T, C], image [N, P, C] -> both [N, ..., C]
 * Source: Kirillov 2023, arXiv:2304.02643, TwoWayTransformer, with its names
 */
export function twoWayTransformer(
  { tokens, image, places }: TwoWayTokens,
  parameters: Parameters,
  options: TwoWayOptions,
): Omit<TwoWayTokens, "places"> {
  let now = { tokens, image };
  for (let n = 0; n < options.depth; n++)
    now = parameters.within(`layers.${n}`, (inner) =>
      inner.graph.segment(() => twoWayBlock({ ...now, places, names: tokens, isFirst: n === 0 }, inner, options)),
    );
  const { heads, downsample } = options;
  const features = Number(tokens.shape[2]) / downsample;
  const input = { queries: add(now.tokens, tokens), keys: add(now.image, places), values: now.image };
  const seen = parameters.within("final_attn_token_to_image", (inner) =>
    crossAttention(input, inner, { heads, features }),
  );
  const last = parameters.within("norm_final_attn", (inner) => layerNormalised(add(now.tokens, seen), inner));
  return { tokens: last, image: now.image };
}

interface BlockInput extends TwoWayTokens {
  /** The tokens before the first block, which stand for their places. */
  readonly names: Value;
  readonly isFirst: boolean;
}

function twoWayBlock(
  { tokens, image, places, names, isFirst }: BlockInput,
  parameters: Parameters,
  { heads, hidden, downsample, adjust }: TwoWayOptions,
): Omit<TwoWayTokens, "places"> {
  const channels = Number(tokens.shape[2]);
  const normal = (value: Value, name: string) => parameters.within(name, (inner) => layerNormalised(value, inner));
  const attend = (input: CrossAttentionInput, name: string, features: number) =>
    parameters.within(name, (inner) =>
      crossAttention(input, inner, {
        heads,
        features,
        ...(name === IMAGE_TO_TOKEN && adjust !== undefined ? { adjust } : {}),
      }),
    );
  const named = isFirst ? tokens : add(tokens, names);
  const among = attend({ queries: named, keys: named, values: tokens }, "self_attn", channels);
  const first = normal(isFirst ? among : add(tokens, among), "norm1");
  const keys = add(image, places);
  const narrow = channels / downsample;
  const seen = attend({ queries: add(first, names), keys, values: image }, "cross_attn_token_to_image", narrow);
  const second = normal(add(first, seen), "norm2");
  const wide = relu(parameters.within("mlp.lin1", (inner) => linear(second, inner, { features: hidden })));
  const made = parameters.within("mlp.lin2", (inner) => linear(wide, inner, { features: channels }));
  const third = normal(add(second, made), "norm3");
  const told = attend({ queries: keys, keys: add(third, names), values: third }, IMAGE_TO_TOKEN, narrow);
  return { tokens: third, image: normal(add(image, told), "norm4") };
}

const IMAGE_TO_TOKEN = "cross_attn_image_to_token";
