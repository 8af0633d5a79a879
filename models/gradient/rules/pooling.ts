import { intsAttribute } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import { elementCountOf } from "../../graph/graph.ts";
import { add, cast, div, equal, expand, mul, pad, reshape, scale, slice } from "../../graph/operators/index.ts";
import type { Window } from "../../graph/shapes.ts";
import type { Backward, GradientRule } from "../rule.ts";
import { unsliced } from "../unsliced.ts";

/** Below every value that a network makes; -infinity times 0 would be no number. */
const LOWEST = -3.4e38;

/** Where several under a window are the greatest, they share. */
const maxRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [image],
    outputs: [greatest],
  } = backward;
  const window = windowOf(backward);
  const padded = pad(image, { pads: paddings(window), fill: LOWEST });
  const masks = offsetsOf(window).map((offset) =>
    cast(equal(slice(padded, rangesOf(offset, { window, gradient })), greatest), "float32"),
  );
  const share = div(gradient, masks.reduce(add));
  const parts = masks.map((mask) => mul(mask, share));
  return [gathered(parts, { window, padded, gradient })];
};

const averageRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [image],
  } = backward;
  const window = windowOf(backward);
  const share = scale(gradient, 1 / elementCountOf(window.kernel));
  if (tiles(window, image)) return [tiled(share, image, window)];
  const padded = pad(image, { pads: paddings(window) });
  return [
    gathered(
      offsetsOf(window).map(() => share),
      { window, padded, gradient },
    ),
  ];
};

const globalAverageRule: GradientRule = ({ gradient, inputs: [{ shape }] }) => {
  const [, , ...sides] = shape.map(Number);
  const count = elementCountOf(sides);
  return [expand(scale(gradient, 1 / count), shape.map(Number))];
};

function windowOf(backward: Backward): Window {
  const kernel = intsAttribute(backward, "kernel_shape", []);
  const each = (value: number, length = kernel.length) => new Array<number>(length).fill(value);
  return {
    kernel,
    strides: intsAttribute(backward, "strides", each(1)),
    dilations: intsAttribute(backward, "dilations", each(1)),
    pads: intsAttribute(backward, "pads", each(0, 2 * kernel.length)),
  };
}

/** For batch and channels too. */
function paddings({ pads, kernel }: Window): readonly number[] {
  return [0, 0, ...pads.slice(0, kernel.length), 0, 0, ...pads.slice(kernel.length)];
}

/** Every place in a window, as an index along each side. */
function offsetsOf({ kernel }: Window): readonly (readonly number[])[] {
  return kernel.reduce<readonly (readonly number[])[]>(
    (offsets, side) => offsets.flatMap((offset) => Array.from({ length: side }, (_, n) => [...offset, n])),
    [[]],
  );
}

/** Where the windows' elements of one offset lie in the padded image. */
function rangesOf(offset: readonly number[], { window, gradient }: { window: Window; gradient: Value }) {
  return offset.map((n, side) => {
    const from = n * window.dilations[side];
    const step = window.strides[side];
    return { axis: side + 2, from, to: from + (Number(gradient.shape[side + 2]) - 1) * step + 1, step };
  });
}

/** Sums what each offset of the windows gets at its place, and cuts the padding off. */
function gathered(
  parts: readonly Value[],
  { window, padded, gradient }: { window: Window; padded: Value; gradient: Value },
): Value {
  const placed = offsetsOf(window).map((offset, n) =>
    rangesOf(offset, { window, gradient }).reduce(
      (spread, { axis, from, step }) => unsliced(spread, { axis, from, step, side: Number(padded.shape[axis]) }),
      parts[n],
    ),
  );
  return pad(placed.reduce(add), { pads: paddings(window).map((each) => -each) });
}

/** Whether the windows lie side by side and cover the image. */
function tiles({ kernel, strides, pads }: Window, { shape }: Value): boolean {
  const sides = shape.slice(2).map(Number);
  return (
    String(kernel) === String(strides) &&
    pads.every((each) => each === 0) &&
    sides.every((side, n) => side % kernel[n] === 0)
  );
}

/** Every element repeated over its window. */
function tiled(value: Value, { shape }: Value, { kernel }: Window): Value {
  const [batch, channels, ...sides] = value.shape.map(Number);
  const apart = reshape(value, [batch, channels, ...sides.flatMap((side) => [side, 1])]);
  const repeated = expand(apart, [batch, channels, ...sides.flatMap((side, n) => [side, kernel[n]])]);
  return reshape(repeated, shape);
}

/** Rules of pooling. */
export const poolingRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["MaxPool", maxRule],
  ["AveragePool", averageRule],
  ["GlobalAveragePool", globalAverageRule],
];
