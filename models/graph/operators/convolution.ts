import { int, ints } from "../attributes.ts";
import type { Value } from "../builder.ts";
import type { Attribute } from "../graph.ts";
import { missingChannels } from "../missing-channels.ts";
import { mismatch, type Window, windowSides } from "../shapes.ts";
import { pad, reshape } from "./arrange.ts";
import { add } from "./elementwise.ts";
import { groupedSolid } from "./grouped-solid.ts";

/** How a kernel moves; what is left out is 1, padding 0. */
export type WindowOptions = Partial<Omit<Window, "kernel">>;

/** What a convolution is given beside the image. */
type ConvOptions = WindowOptions & {
  readonly weight: Value;
  readonly bias?: Value | undefined;
  readonly groups?: number;
};

/**
 * Convolution of any number of sides. In the standard dialect it is put together from those that WebGPU has and gets right.
 *
 * Shape:  image [N, C, ...], weight [K, C / groups, ...], bias [K] -> [N, K, ...]
 * Errors: GraphError when channels or sides do not fit
 */
export function conv(image: Value, { weight, bias, groups = 1, ...options }: ConvOptions): Value {
  const [outputs, inputs, ...kernel] = weight.shape.map(Number);
  const [batch, channels, ...sides] = image.shape;
  if (channels !== inputs * groups) mismatch(weight.name, `an image of ${inputs * groups} channels`, `${channels}`);
  if (outputs % groups !== 0) mismatch(weight.name, `outputs that ${groups} groups divide`, `${outputs}`);
  const window = windowOf(kernel, options);
  const isStandard = image.graph.dialect === "standard";
  if (isStandard && groups > 1 && sides.length === 3) {
    const made = groupedSolid({ image, weight, groups, window }, conv);
    return bias === undefined ? made : add(made, reshape(bias, [1, outputs, 1, 1, 1]));
  }
  const [seen, taps] = isStandard ? [image, weight].map((each) => filled(each, groups)) : [image, weight];
  return image.graph.node("Conv", [seen, taps, ...(bias === undefined ? [] : [bias])], {
    type: image.type,
    shape: [batch, outputs, ...windowSides(sides, window)],
    attributes: { ...windowAttributes(window), ...(groups === 1 ? {} : { group: int(groups) }) },
  });
}

/** An image or weight with the channels of zeros that WebGPU needs; see `missingChannels`. */
function filled(value: Value, groups: number): Value {
  const rank = value.shape.length;
  const missing = missingChannels({ channels: Number(value.shape[1]), groups, rank });
  return missing === 0 ? value : pad(value, { pads: new Array<number>(2 * rank).fill(0).with(rank + 1, missing) });
}

/**
 * Transposed convolution: each side becomes stride * (side - 1) + dilation * (kernel - 1) + 1 - padding.
 *
 * Shape:  image [N, C, ...], weight [C, K / groups, ...], bias [K] -> [N, K, ...]
 * Errors: GraphError when channels do not fit
 */
export function convTranspose(
  image: Value,
  {
    weight,
    bias,
    groups = 1,
    ...options
  }: WindowOptions & { readonly weight: Value; readonly bias?: Value | undefined; readonly groups?: number },
): Value {
  const [inputs, outputs, ...kernel] = weight.shape.map(Number);
  const [batch, channels, ...sides] = image.shape;
  if (channels !== inputs) mismatch(weight.name, `an image of ${inputs} channels`, `${channels}`);
  const window = windowOf(kernel, options);
  return image.graph.node("ConvTranspose", [image, weight, ...(bias === undefined ? [] : [bias])], {
    type: image.type,
    shape: [batch, outputs * groups, ...sides.map((side, axis) => transposedSide(side, axis, window))],
    attributes: { ...windowAttributes(window), ...(groups === 1 ? {} : { group: int(groups) }) },
  });
}

function transposedSide(side: Value["shape"][number], axis: number, { kernel, strides, dilations, pads }: Window) {
  if (typeof side !== "number") return undefined;
  const padding = pads[axis] + pads[axis + kernel.length];
  return strides[axis] * (side - 1) + dilations[axis] * (kernel[axis] - 1) + 1 - padding;
}

/** A window with everything said. */
export function windowOf(kernel: readonly number[], options: WindowOptions): Window {
  const each = (value: number, length = kernel.length) => new Array<number>(length).fill(value);
  return { kernel, strides: each(1), dilations: each(1), pads: each(0, 2 * kernel.length), ...options };
}

/** A window as a node's attributes. */
export function windowAttributes({ kernel, strides, dilations, pads }: Window): Readonly<Record<string, Attribute>> {
  return { kernel_shape: ints(kernel), strides: ints(strides), dilations: ints(dilations), pads: ints(pads) };
}
