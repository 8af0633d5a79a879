import type { Value } from "../graph/builder.ts";
import { concat, pad, reshape, split, transpose } from "../graph/operators/index.ts";
import { layerNormalised, linear } from "./linear.ts";
import type { Parameters } from "./parameters.ts";

/** Which of the neighbours that become one are joined, in which order; see `patchMerged`. */
export type Merging = "merging" | "merging-1.5" | "mergingv2";

/**
 * Joins each 2 x 2 (x 2) neighbours' channels and halves them to twice as many as there were.
 *
 * `merging` is what MONAI's SwinUNETR took up to 1.4: in 3-D it joins two neighbours twice and leaves two out, as weights
 * published for it expect. What 1.5 calls by the same name joins all eight; `mergingv2` does so in the order of their places.
 * In 2-D all are the same.
 *
 * Shape:  [N, ...sides, C] -> [N, ...half, 2 C]; odd sides get a row of zeros
 * Source: MONAI, PatchMerging and PatchMergingV2
 */
export function patchMerged(tokens: Value, parameters: Parameters, { order }: { readonly order: Merging }): Value {
  const [batch, channels] = [tokens.shape[0], Number(tokens.shape.at(-1))];
  const sides = tokens.shape.slice(1, -1).map(Number);
  const rank = sides.length;
  const padded = pad(tokens, { pads: [...tokens.shape.map(() => 0), 0, ...sides.map((side) => side % 2), 0] });
  const halves = sides.map((side) => Math.ceil(side / 2));
  const apart = reshape(padded, [batch, ...halves.flatMap((half) => [half, 2]), channels]);
  const axes = [0, ...sides.map((_, n) => 2 * n + 1), ...sides.map((_, n) => 2 * n + 2), 2 * rank + 1];
  const neighbours = 2 ** rank;
  const together = reshape(transpose(apart, axes), [batch, ...halves, neighbours * channels]);
  const parts = split(together, { axis: rank + 1, lengths: new Array<number>(neighbours).fill(channels) });
  const joined = concat(
    (rank === 2 ? flatOrder : solidOrders[order]).map((neighbour) => parts[neighbour]),
    { axis: rank + 1 },
  );
  const normal = parameters.within("norm", (inner) => layerNormalised(joined, inner));
  return parameters.within("reduction", (inner) => linear(normal, inner, { features: 2 * channels, bias: false }));
}

/** Neighbours by their place, x fastest. */
const solidOrders: Readonly<Record<Merging, readonly number[]>> = {
  merging: [0, 4, 2, 1, 5, 2, 1, 7],
  "merging-1.5": [0, 4, 2, 1, 6, 5, 3, 7],
  mergingv2: [0, 1, 2, 3, 4, 5, 6, 7],
};
const flatOrder = [0, 2, 1, 3];
