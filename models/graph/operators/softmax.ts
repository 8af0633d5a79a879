import { int } from "../attributes.ts";
import type { Value } from "../builder.ts";
import { div, exp, log, stopGradient, sub } from "./elementwise.ts";
import { reduceMax, reduceSum } from "./reduction.ts";

/** Which values add up to 1. */
export interface OverAxis {
  /** Negative ones count from the last. */
  readonly axis: number;
}

/** Shares that add up to 1 along an axis. */
export function softmax(value: Value, over: OverAxis): Value {
  if (value.graph.dialect === "standard" || isLast(value, over)) return fused("Softmax", value, over);
  const { exponentials, sum } = parts(value, over);
  return div(exponentials, sum);
}

/** Logarithms of the shares that add up to 1 along an axis; WebGPU has no operator for them. */
export function logSoftmax(value: Value, over: OverAxis): Value {
  if (value.graph.dialect === "cpu" && isLast(value, over)) return fused("LogSoftmax", value, over);
  const { centred, sum } = parts(value, over);
  return sub(centred, log(sum));
}

/**
 * ONNX Runtime's CPU operator moves any axis but the last to the end and back, at several times the cost of the passes that
 * the parts take; and what softmax and its logarithm share is then computed once.
 */
function isLast({ shape }: Value, { axis }: OverAxis): boolean {
  return axis === -1 || axis === shape.length - 1;
}

function fused(op: string, value: Value, { axis }: OverAxis): Value {
  const { type, shape, graph } = value;
  return graph.node(op, [value], { type, shape, attributes: { axis: int(axis) } });
}

function parts(value: Value, { axis }: OverAxis) {
  const axes = [axis < 0 ? axis + value.shape.length : axis];
  const centred = sub(value, stopGradient(reduceMax(value, { axes })));
  const exponentials = exp(centred);
  return { centred, exponentials, sum: reduceSum(exponentials, { axes }) };
}
