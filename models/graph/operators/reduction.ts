import { int, ints } from "../attributes.ts";
import type { Value } from "../builder.ts";

/** Axes to go over; those that are gone over become 1 long. */
export interface OverAxes {
  readonly axes: readonly number[];
}

/** Sum over axes. */
export function reduceSum(value: Value, { axes }: OverAxes): Value {
  const inputs = [value, value.graph.ints(axes)];
  return value.graph.node("ReduceSum", inputs, { ...reduced(value, axes), attributes: { keepdims: int(1) } });
}

/** Mean over axes. */
export const reduceMean = reduction("ReduceMean");

/** Greatest value over axes. */
export const reduceMax = reduction("ReduceMax");

function reduction(op: string): (value: Value, over: OverAxes) => Value {
  return (value, { axes }) => {
    const attributes = { axes: ints(axes), keepdims: int(1) };
    return value.graph.node(op, [value], { ...reduced(value, axes), attributes });
  };
}

function reduced({ type, shape }: Value, axes: readonly number[]) {
  return { type, shape: shape.map((side, axis) => (axes.includes(axis) ? 1 : side)) };
}

/** All axes but those named. */
export function axesBut(value: Value, kept: readonly number[]): readonly number[] {
  return value.shape.map((_, axis) => axis).filter((axis) => !kept.includes(axis));
}

/** Sum of all elements, a scalar. */
export function sumOfAll(value: Value): Value {
  const { graph, type } = value;
  return graph.node("ReduceSum", [value], { type, shape: [], attributes: { keepdims: int(0) } });
}

/** Mean of all elements, a scalar. */
export function meanOfAll(value: Value): Value {
  const { graph, type } = value;
  return graph.node("ReduceMean", [value], { type, shape: [], attributes: { keepdims: int(0) } });
}

/**
 * The greatest elements of a vector, in falling order.
 *
 * Shape:  [N] -> [count]
 */
export function topValues(value: Value, { count }: { readonly count: number }): Value {
  const { graph, type } = value;
  const shape = [count];
  const results = [
    { type, shape },
    { type: "int64" as const, shape },
  ];
  return graph.nodes("TopK", { inputs: [value, graph.ints([count])], results, attributes: { axis: int(0) } })[0];
}
