import type { Value } from "../graph/builder.ts";
import { conv, pad, type WindowOptions } from "../graph/operators/index.ts";

/**
 * A convolution whose padding may be below 0, which cuts off what padding wider than a kernel never let it see.
 *
 * Shape:  image [N, C, ...], weight [K, C / groups, ...] -> [N, K, ...]
 */
export function convolve(
  image: Value,
  { pads = [], ...options }: WindowOptions & { readonly weight: Value; readonly groups?: number },
): Value {
  const rank = image.shape.length - 2;
  const cut = pads.map((each) => Math.min(0, each));
  const seen = cut.every((each) => each === 0)
    ? image
    : pad(image, { pads: [0, 0, ...cut.slice(0, rank), 0, 0, ...cut.slice(rank)] });
  return conv(seen, { ...options, pads: pads.map((each) => Math.max(0, each)) });
}
