import { int } from "../attributes.ts";
import type { Value } from "../builder.ts";

/** Shares that add up to 1 along an axis. */
export function softmax(value: Value, { axis }: { readonly axis: number }): Value {
  const { type, shape, graph } = value;
  return graph.node("Softmax", [value], { type, shape, attributes: { axis: int(axis) } });
}

/** Logarithms of the shares that add up to 1 along an axis. */
export function logSoftmax(value: Value, { axis }: { readonly axis: number }): Value {
  const { type, shape, graph } = value;
  return graph.node("LogSoftmax", [value], { type, shape, attributes: { axis: int(axis) } });
}
