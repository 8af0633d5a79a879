import { int, ints } from "../attributes.ts";
import type { Value } from "../builder.ts";
import type { Dimension } from "../graph.ts";
import { concatShape, mismatch } from "../shapes.ts";

/**
 * The same values under another shape; one side may be open.
 *
 * Errors: GraphError when the number of elements differs, or two sides are open
 */
export function reshape(value: Value, shape: readonly Dimension[]): Value {
  const open = shape.filter((side) => typeof side !== "number").length;
  if (open > 1) mismatch(value.name, "a shape with one open side at most", `[${shape.join(", ")}]`);
  const [from, to] = [value.shape, shape].map(knownCountOf);
  if (open === 0 && from !== undefined && from !== to)
    mismatch(value.name, `a shape of ${from} elements`, `[${shape.join(", ")}]`);
  if (String(shape) === String(value.shape)) return value;
  const { graph, type } = value;
  const sides = graph.ints(shape.map((side) => (typeof side === "number" ? side : -1)));
  return graph.node("Reshape", [value, sides], { type, shape });
}

function knownCountOf(shape: readonly Dimension[]): number | undefined {
  return shape.reduce<number | undefined>(
    (product, side) => (product === undefined || typeof side !== "number" ? undefined : product * side),
    1,
  );
}

/** Axes in another order: output axis n is input axis `order[n]`. */
export function transpose(value: Value, order: readonly number[]): Value {
  if ([...order].sort((a, b) => a - b).join() !== value.shape.map((_, n) => n).join())
    mismatch(value.name, `an order of ${value.shape.length} axes`, `[${order}]`);
  if (order.every((axis, n) => axis === n)) return value;
  const shape = order.map((axis) => value.shape[axis]);
  return value.graph.node("Transpose", [value], { type: value.type, shape, attributes: { perm: ints(order) } });
}

/** Most arrays beside one that a WebGPU shader takes: devices have 8 storage buffers at least, and shapes may need one. */
const MOST_BUFFERS = 6;

/**
 * Values one behind the other along an axis.
 *
 * Errors: GraphError when they differ in another axis
 */
export function concat(values: readonly Value[], { axis }: { readonly axis: number }): Value {
  const [{ graph, type }] = values;
  if (values.length === 1) return values[0];
  if (graph.dialect === "standard" && values.length > MOST_BUFFERS)
    return concat([concat(values.slice(0, MOST_BUFFERS), { axis }), ...values.slice(MOST_BUFFERS)], { axis });
  const shape = concatShape(
    values.map((value) => value.shape),
    axis,
  );
  return graph.node("Concat", values, { type, shape, attributes: { axis: int(axis) } });
}

/**
 * A value cut along an axis into parts of given lengths.
 *
 * Errors: GraphError when the lengths do not add up to the side
 */
export function split(
  value: Value,
  { axis, lengths }: { readonly axis: number; readonly lengths: readonly number[] },
): readonly Value[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (typeof value.shape[axis] === "number" && value.shape[axis] !== total)
    mismatch(value.name, `parts that add up to ${value.shape[axis]}`, `${lengths.join(" + ")}`);
  const { graph, type } = value;
  if (graph.dialect === "standard" && lengths.length > MOST_BUFFERS) return sliced(value, { axis, lengths });
  return graph.nodes("Split", {
    inputs: [value, graph.ints(lengths)],
    results: lengths.map((length) => ({ type, shape: value.shape.with(axis, length) })),
    attributes: { axis: int(axis) },
  });
}

function sliced(value: Value, { axis, lengths }: { axis: number; lengths: readonly number[] }): readonly Value[] {
  let from = 0;
  return lengths.map((length) => {
    from += length;
    return slice(value, [{ axis, from: from - length, to: from }]);
  });
}

/** From where to where an axis is read, end exclusive, and in which steps; negative steps walk back. */
export interface SliceRange {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly step?: number;
}

/**
 * A part of a value. With a negative step `to` may be -1 to include the first element.
 *
 * Errors: GraphError when a range leaves its side
 */
export function slice(value: Value, ranges: readonly SliceRange[]): Value {
  const shape = [...value.shape];
  for (const { axis, from, to, step = 1 } of ranges) {
    const side = value.shape[axis];
    const inside = typeof side !== "number" || (from >= 0 && from < side && to <= side && to >= -1);
    if (!inside) mismatch(value.name, `a range inside ${side}`, `${from} to ${to}`);
    shape[axis] = Math.ceil((to - from) / step);
  }
  if (shape.every((side, n) => side === value.shape[n]) && ranges.every(({ step = 1 }) => step === 1)) return value;
  const { graph, type } = value;
  const column = (pick: (range: SliceRange) => number) => graph.ints(ranges.map(pick));
  const beforeFirst = -(2 ** 31);
  const inputs = [
    value,
    column(({ from }) => from),
    column(({ to }) => (to < 0 ? beforeFirst : to)),
    column(({ axis }) => axis),
    column(({ step = 1 }) => step),
  ];
  return graph.node("Slice", inputs, { type, shape });
}

/**
 * The value with `fill` around it, 0 when left out: before and after each axis so many elements; fewer than 0 cuts off.
 *
 * Errors: GraphError when there are not two numbers per axis
 */
export function pad(
  value: Value,
  { pads, fill = 0 }: { readonly pads: readonly number[]; readonly fill?: number },
): Value {
  const rank = value.shape.length;
  if (pads.length !== 2 * rank) mismatch(value.name, `${2 * rank} paddings`, `${pads.length}`);
  if (pads.every((each) => each === 0)) return value;
  const shape = value.shape.map((side, axis) =>
    typeof side === "number"
      ? side + pads[axis] + pads[axis + rank]
      : pads[axis] + pads[axis + rank] === 0
        ? side
        : undefined,
  );
  const { graph, type } = value;
  const inputs = [value, graph.ints(pads), ...(fill === 0 ? [] : [graph.floats([fill])])];
  return graph.node("Pad", inputs, { type, shape });
}

/**
 * The entries of an axis that constant indices name, in their shape.
 *
 * Shape:  value [..., side, ...], indices of shape [...] -> [..., indices' shape, ...]
 * Errors: GraphError when the indices are no constant int64 inside the side
 */
export function gather(value: Value, indices: Value, { axis }: { readonly axis: number }): Value {
  if (indices.type !== "int64") mismatch(indices.name, "int64 indices", indices.type);
  const shape = [...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)];
  return value.graph.node("Gather", [value, indices], { type: value.type, shape, attributes: { axis: int(axis) } });
}

/** The value with sides of 1 repeated to a shape. */
export function expand(value: Value, shape: readonly number[]): Value {
  if (String(shape) === String(value.shape)) return value;
  return value.graph.node("Expand", [value, value.graph.ints(shape)], { type: value.type, shape });
}

/** The value moved along axes by `by` places, what leaves at the end coming in at the start. */
export function roll(value: Value, moves: readonly { readonly axis: number; readonly by: number }[]): Value {
  return moves.reduce((rolled, { axis, by }) => {
    const side = Number(rolled.shape[axis]);
    const cut = (((-by % side) + side) % side) as number;
    if (cut === 0) return rolled;
    const [head, tail] = split(rolled, { axis, lengths: [cut, side - cut] });
    return concat([tail, head], { axis });
  }, value);
}
