import { int } from "../attributes.ts";
import type { Value } from "../builder.ts";
import { windowSides } from "../shapes.ts";
import { type WindowOptions, windowAttributes, windowOf } from "./convolution.ts";

/**
 * Greatest value under a window.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]
 */
export function maxPool(
  image: Value,
  { kernel, ...options }: WindowOptions & { readonly kernel: readonly number[] },
): Value {
  const [batch, channels, ...sides] = image.shape;
  const window = windowOf(kernel, options);
  const shape = [batch, channels, ...windowSides(sides, window)];
  return image.graph.node("MaxPool", [image], { type: image.type, shape, attributes: windowAttributes(window) });
}

/**
 * Mean under a window; padding counts as 0, so that a window on the border is divided by the whole kernel too.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]
 */
export function averagePool(
  image: Value,
  { kernel, ...options }: Omit<WindowOptions, "dilations"> & { readonly kernel: readonly number[] },
): Value {
  const [batch, channels, ...sides] = image.shape;
  const window = windowOf(kernel, options);
  const { kernel_shape, strides, pads } = windowAttributes(window);
  return image.graph.node("AveragePool", [image], {
    type: image.type,
    shape: [batch, channels, ...windowSides(sides, window)],
    attributes: { kernel_shape, strides, pads, count_include_pad: int(1) },
  });
}

/**
 * Mean over all sides.
 *
 * Shape:  [N, C, ...] -> [N, C, 1...]
 */
export function globalAveragePool(image: Value): Value {
  const [batch, channels, ...sides] = image.shape;
  return image.graph.node("GlobalAveragePool", [image], {
    type: image.type,
    shape: [batch, channels, ...sides.map(() => 1)],
  });
}
