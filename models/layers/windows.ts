import type { GraphBuilder, Value } from "../graph/builder.ts";
import { abs, add, clip, pad, reshape, roll, scale, slice, sub, transpose } from "../graph/operators/index.ts";

/** A window along one axis of an image, and by how much the image is moved before it is cut into windows. */
export interface WindowAxis {
  readonly side: number;
  readonly length: number;
  readonly shift: number;
}

/** Windows as long as asked for; a side that is no longer is one window and does not move. */
export function windowAxes(
  sides: readonly number[],
  { window, isShifted }: { readonly window: number; readonly isShifted: boolean },
): readonly WindowAxis[] {
  return sides.map((side) =>
    side <= window
      ? { side, length: side, shift: 0 }
      : { side, length: window, shift: isShifted ? Math.floor(window / 2) : 0 },
  );
}

const paddedSide = ({ side, length }: WindowAxis) => Math.ceil(side / length) * length;
const countOf = (axis: WindowAxis) => paddedSide(axis) / axis.length;
const product = (sides: readonly number[]) => sides.reduce((all, side) => all * side, 1);

/**
 * The image, moved cyclically, cut into windows; zeros behind each axis fill the last ones.
 *
 * Shape:  [N, ...sides, C] -> [N, windows, tokens, C]
 * Source: Liu 2021, arXiv:2103.14030
 */
export function windowsOf(image: Value, axes: readonly WindowAxis[]): Value {
  const [batch, channels] = [image.shape[0], Number(image.shape.at(-1))];
  const ends = axes.map((axis) => paddedSide(axis) - axis.side);
  const padded = pad(image, { pads: [...image.shape.map(() => 0), 0, ...ends, 0] });
  const moved = roll(
    padded,
    axes.map(({ shift }, n) => ({ axis: n + 1, by: -shift })),
  );
  const apart = reshape(moved, [batch, ...axes.flatMap((axis) => [countOf(axis), axis.length]), channels]);
  const order = [0, ...axes.map((_, n) => 2 * n + 1), ...axes.map((_, n) => 2 * n + 2), 2 * axes.length + 1];
  const [windows, tokens] = [product(axes.map(countOf)), product(axes.map(({ length }) => length))];
  return reshape(transpose(apart, order), [batch, windows, tokens, channels]);
}

/**
 * The image that was cut into windows: `windowsOf` undone.
 *
 * Shape:  [N, windows, tokens, C] -> [N, ...sides, C]
 */
export function imageOf(windows: Value, axes: readonly WindowAxis[]): Value {
  const [batch, channels] = [windows.shape[0], Number(windows.shape.at(-1))];
  const rank = axes.length;
  const apart = reshape(windows, [batch, ...axes.map(countOf), ...axes.map(({ length }) => length), channels]);
  const order = [0, ...axes.flatMap((_, n) => [n + 1, rank + n + 1]), 2 * rank + 1];
  const moved = reshape(transpose(apart, order), [batch, ...axes.map(paddedSide), channels]);
  const back = roll(
    moved,
    axes.map(({ shift }, n) => ({ axis: n + 1, by: shift })),
  );
  return slice(
    back,
    axes.map(({ side }, n) => ({ axis: n + 1, from: 0, to: side })),
  );
}

/** What MONAI and Swin add to the logits of two tokens that are neighbours only because the image was moved. */
const APART = -100;

/**
 * What keeps tokens from looking at others that came to them from the other end of the image; `undefined` where none did.
 *
 * Shape:  [windows, 1, tokens, tokens]
 */
export function shiftMask(graph: GraphBuilder, axes: readonly WindowAxis[]): Value | undefined {
  if (axes.every(({ shift }) => shift === 0)) return undefined;
  const rank = axes.length;
  const regions = axes
    .map((axis, n) => {
      const sides = new Array<number>(2 * rank).fill(1);
      [sides[n], sides[rank + n]] = [countOf(axis), axis.length];
      return graph.floats(
        regionsAlong(axis).map((region) => region * 3 ** n),
        sides,
      );
    })
    .reduce(add);
  const [windows, tokens] = [product(axes.map(countOf)), product(axes.map(({ length }) => length))];
  const differences = sub(reshape(regions, [windows, 1, tokens, 1]), reshape(regions, [windows, 1, 1, tokens]));
  return scale(clip(abs(differences), { low: 0, high: 1 }), APART);
}

/** 0 where no window is cut, then 1 and 2 for the two parts of the last. */
function regionsAlong(axis: WindowAxis): readonly number[] {
  const { length, shift } = axis;
  const end = paddedSide(axis);
  return Array.from({ length: end }, (_, place) =>
    shift === 0 || place < end - length ? 0 : place < end - shift ? 1 : 2,
  );
}
