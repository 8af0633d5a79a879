import type { Value } from "../graph/builder.ts";
import { add, gather, reshape, transpose } from "../graph/operators/index.ts";
import { intTensor } from "../graph/tensor.ts";
import { selfAttention } from "./attention.ts";
import { feedForward, layerNormalised } from "./linear.ts";
import type { Parameters } from "./parameters.ts";
import { imageOf, shiftMask, windowAxes, windowsOf } from "./windows.ts";

/** What makes one Swin block differ from another. */
export interface SwinBlockOptions {
  readonly heads: number;
  /** Side of the windows in tokens. */
  readonly window: number;
  /** Whether the windows are moved by half their side. */
  readonly isShifted: boolean;
  /** How many times as wide the feed-forward half is. */
  readonly mlpRatio: number;
}

/**
 * Attention inside windows, then a feed-forward half, each added to what goes in; dropout and drop path are 0 as MONAI has them.
 *
 * Shape:  [N, ...sides, C] -> [N, ...sides, C]
 * Source: Liu 2021, arXiv:2103.14030, as MONAI's SwinTransformerBlock
 */
export function swinBlock(
  tokens: Value,
  parameters: Parameters,
  { heads, window, isShifted, mlpRatio }: SwinBlockOptions,
): Value {
  const axes = windowAxes(tokens.shape.slice(1, -1).map(Number), { window, isShifted });
  const normal = parameters.within("norm1", (inner) => layerNormalised(tokens, inner));
  const attended = parameters.within("attn", (inner) => {
    const bias = positionBias(inner, { heads, window, rank: axes.length, tokens: countOf(axes) });
    const mask = shiftMask(inner.graph, axes);
    const adjust = (logits: Value) => {
      const biased = add(logits, bias);
      return mask === undefined ? biased : add(biased, mask);
    };
    return selfAttention(windowsOf(normal, axes), inner, { heads, adjust, bias: true, output: "proj" });
  });
  const mixed = add(tokens, imageOf(attended, axes));
  const again = parameters.within("norm2", (inner) => layerNormalised(mixed, inner));
  const features = Math.floor(Number(tokens.shape.at(-1)) * mlpRatio);
  return add(
    mixed,
    parameters.within("mlp", (inner) => feedForward(again, inner, { features })),
  );
}

function countOf(axes: readonly { readonly length: number }[]): number {
  return axes.reduce((product, { length }) => product * length, 1);
}

interface Positions {
  readonly heads: number;
  readonly window: number;
  readonly rank: number;
  /** In a window, which may be smaller than `window` says. */
  readonly tokens: number;
}

/**
 * A learnt number per head for each place that one token of a window may have beside another.
 *
 * Of smaller windows MONAI takes the first rows and columns of the full one's table of places, which is repeated here.
 *
 * Shape:  [heads, tokens, tokens]
 */
function positionBias(parameters: Parameters, { heads, window, rank, tokens }: Positions): Value {
  const { graph } = parameters;
  const places = (2 * window - 1) ** rank;
  const table = parameters.weight("relative_position_bias_table", [places, heads], {
    kind: "normal",
    deviation: 0.02,
  });
  const name = `places in ${tokens} of ${window}^${rank}`;
  const index = graph.shared(name, () => intTensor(name, relativePlaces({ window, rank, tokens })));
  return transpose(reshape(gather(table, index, { axis: 0 }), [tokens, tokens, heads]), [2, 0, 1]);
}

/** Row of the table for each pair of tokens, counted as MONAI's `relative_position_index`. */
function relativePlaces({ window, rank, tokens }: Omit<Positions, "heads">): readonly number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const placeOf = (token: number, axis: number) => Math.floor(token / window ** (rank - 1 - axis)) % window;
  return Array.from({ length: tokens * tokens }, (_, pair) => {
    const [first, second] = [Math.floor(pair / tokens), pair % tokens];
    return axes.reduce(
      (row, axis) => row * (2 * window - 1) + placeOf(first, axis) - placeOf(second, axis) + window - 1,
      0,
    );
  });
}
