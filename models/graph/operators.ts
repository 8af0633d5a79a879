import { int, ints, text } from "./attributes.ts";
import type { Value } from "./builder.ts";
import type { Attribute } from "./graph.ts";
import { broadcastShape, concatShape, mismatch, type Window, windowSides } from "./shapes.ts";
import { floatTensor } from "./tensor.ts";

/** How a kernel moves; what is left out is 1, padding 0. */
export type WindowOptions = Partial<Omit<Window, "kernel">>;

/**
 * Convolution of any number of sides.
 *
 * Shape:  image [N, C, ...], weight [K, C, ...], bias [K] -> [N, K, ...]
 * Errors: GraphError when channels or sides do not fit
 */
export function conv(
  image: Value,
  { weight, bias, ...options }: WindowOptions & { readonly weight: Value; readonly bias?: Value },
): Value {
  const [outputs, inputs, ...kernel] = weight.shape.map(Number);
  const [batch, channels, ...sides] = image.shape;
  if (channels !== inputs) mismatch(weight.name, `an image of ${inputs} channels`, `${channels}`);
  const window = windowOf(kernel, options);
  return image.graph.node("Conv", [image, weight, ...(bias === undefined ? [] : [bias])], {
    type: image.type,
    shape: [batch, outputs, ...windowSides(sides, window)],
    attributes: windowAttributes(window),
  });
}

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

function windowOf(kernel: readonly number[], options: WindowOptions): Window {
  const each = (value: number, length = kernel.length) => new Array<number>(length).fill(value);
  return { kernel, strides: each(1), dilations: each(1), pads: each(0, 2 * kernel.length), ...options };
}

function windowAttributes({ kernel, strides, dilations, pads }: Window): Readonly<Record<string, Attribute>> {
  return { kernel_shape: ints(kernel), strides: ints(strides), dilations: ints(dilations), pads: ints(pads) };
}

/** Sum, element by element; sides of 1 stretch, here and below. */
export const add = binary("Add");

/** Difference, element by element. */
export const sub = binary("Sub");

/** Product, element by element. */
export const mul = binary("Mul");

/** Quotient, element by element. */
export const div = binary("Div");

function binary(op: string): (first: Value, second: Value) => Value {
  return (first, second) => {
    if (first.type !== second.type) mismatch(second.name, `${first.type} as ${first.name}`, second.type);
    const shape = broadcastShape(first.shape, second.shape);
    return first.graph.node(op, [first, second], { type: first.type, shape });
  };
}

/** The value with its sign changed. */
export const neg = unary("Neg");

/** The value where it is positive, else 0. */
export const relu = unary("Relu");

/** 1 / (1 + exp(-value)). */
export const sigmoid = unary("Sigmoid");

function unary(op: string): (value: Value) => Value {
  return (value) => value.graph.node(op, [value], value);
}

/** Shares that add up to 1 along an axis. */
export function softmax(value: Value, { axis }: { readonly axis: number }): Value {
  const { type, shape } = value;
  return value.graph.node("Softmax", [value], { type, shape, attributes: { axis: int(axis) } });
}

/**
 * Values one behind the other along an axis.
 *
 * Errors: GraphError when they differ in another axis
 */
export function concat(values: readonly Value[], { axis }: { readonly axis: number }): Value {
  const [{ graph, type }] = values;
  const shape = concatShape(
    values.map((value) => value.shape),
    axis,
  );
  return graph.node("Concat", values, { type, shape, attributes: { axis: int(axis) } });
}

/** Greatest value along an axis, which becomes 1 long. */
export function reduceMax(value: Value, { axis }: { readonly axis: number }): Value {
  const shape = value.shape.map((side, n) => (n === axis ? 1 : side));
  const attributes = { axes: ints([axis]), keepdims: int(1) };
  return value.graph.node("ReduceMax", [value], { type: value.type, shape, attributes });
}

/**
 * The image with each side `scales` times as long, voxel centres half a voxel inside as `align_corners: false` has it.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]
 */
export function resize(
  image: Value,
  { scales, mode }: { readonly scales: readonly number[]; readonly mode: "linear" | "nearest" },
): Value {
  const { graph, type } = image;
  const [batch, channels, ...sides] = image.shape;
  const shape = sides.map((side, axis) => (typeof side === "number" ? Math.floor(side * scales[axis]) : undefined));
  const none = graph.constant(floatTensor(`${image.name}.region`, [0], []));
  const factors = graph.constant(floatTensor(`${image.name}.scales`, [image.shape.length], [1, 1, ...scales]));
  return graph.node("Resize", [image, none, factors], {
    type,
    shape: [batch, channels, ...shape],
    attributes: { mode: text(mode), coordinate_transformation_mode: text("half_pixel") },
  });
}
