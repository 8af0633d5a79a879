import type { Value } from "../graph/builder.ts";
import { cast, concat, equal, max, scale, shift } from "../graph/operators/index.ts";

/**
 * What each output channel should be, from label values.
 *
 * Shape:  labels [N, 1, ...sides], the label values of each of C channels -> [N, C, ...sides] of 0 and 1
 */
export function targetsOf(labels: Value, channels: readonly (readonly number[])[]): Value {
  if (channels.every(({ length }) => length === 1)) return isOneOf(labels, channels.flat());
  const perChannel = channels.map((values) => values.map((value) => isOneOf(labels, [value])).reduce(max));
  return concat(perChannel, { axis: 1 });
}

/** 0 where the label is the one that says nobody looked, else 1. */
export function countedOf(labels: Value, ignoreLabel: number): Value {
  return shift(scale(isOneOf(labels, [ignoreLabel]), -1), 1);
}

function isOneOf(labels: Value, values: readonly number[]): Value {
  const shape = labels.shape.map((_, axis) => (axis === 1 ? values.length : 1));
  return cast(equal(labels, labels.graph.floats(values, shape)), "float32");
}
