import type { Value } from "../graph/builder.ts";
import { pad, reshape, slice } from "../graph/operators/index.ts";

/** An axis as it was before it was sliced. */
export interface SlicedAxis {
  readonly axis: number;
  readonly from: number;
  /** May be negative. */
  readonly step: number;
  /** Elements before the slice. */
  readonly side: number;
}

/** Puts the elements of a slice back to their places along one axis, 0 in all others. */
export function unsliced(gradient: Value, { axis, from, step, side }: SlicedAxis): Value {
  const count = Number(gradient.shape[axis]);
  const forward = step > 0 ? gradient : slice(gradient, [{ axis, from: count - 1, to: -1, step: -1 }]);
  const first = step > 0 ? from : from + (count - 1) * step;
  const width = (count - 1) * Math.abs(step) + 1;
  const spread = Math.abs(step) === 1 ? forward : spreadOut(forward, { axis, step: Math.abs(step) });
  const rank = gradient.shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[axis] = first;
  pads[axis + rank] = side - first - width;
  return pad(spread, { pads });
}

/** Puts `step - 1` zeros between the elements of an axis. */
function spreadOut(value: Value, { axis, step }: { axis: number; step: number }): Value {
  const { shape } = value;
  const count = Number(shape[axis]);
  const apart = reshape(value, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  const pads = new Array<number>(2 * apart.shape.length).fill(0);
  pads[axis + 1 + apart.shape.length] = step - 1;
  const wide = reshape(pad(apart, { pads }), shape.with(axis, count * step));
  return slice(wide, [{ axis, from: 0, to: (count - 1) * step + 1 }]);
}
