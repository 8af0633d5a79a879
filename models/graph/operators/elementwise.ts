import { float, int } from "../attributes.ts";
import { MICROSOFT, type Value } from "../builder.ts";
import { type ElementType, elementTypes } from "../graph.ts";
import { broadcastShape, mismatch } from "../shapes.ts";

/** Sum, element by element; sides of 1 stretch, here and below. */
export const add = binary("Add");

/** Difference, element by element. */
export const sub = binary("Sub");

/** Product, element by element. */
export const mul = binary("Mul");

/** Quotient, element by element. */
export const div = binary("Div");

/** The first to the power of the second, element by element. */
export const pow = binary("Pow");

/** The greater of the two, element by element. */
export const max = binary("Max");

/** The lesser of the two, element by element. */
export const min = binary("Min");

/** Whether the two are equal, element by element, as bool. */
export const equal = binary("Equal", "bool");

/** Whether the first is greater, element by element, as bool. */
export const greater = binary("Greater", "bool");

function binary(op: string, made?: ElementType): (first: Value, second: Value) => Value {
  return (first, second) => {
    if (first.type !== second.type) mismatch(second.name, `${first.type} as ${first.name}`, second.type);
    const shape = broadcastShape(first.shape, second.shape);
    return first.graph.node(op, [first, second], { type: made ?? first.type, shape });
  };
}

/** The sum of a float32 value and a number. */
export function shift(value: Value, by: number): Value {
  return add(value, value.graph.floats([by]));
}

/** The product of a float32 value and a number. */
export function scale(value: Value, by: number): Value {
  return mul(value, value.graph.floats([by]));
}

/** The value with its sign changed. */
export const neg = unary("Neg");

/** The value where it is positive, else 0. */
export const relu = unary("Relu");

/** 1 / (1 + exp(-value)). */
export const sigmoid = unary("Sigmoid");

/** Hyperbolic tangent. In the standard dialect it is -tanh(-value), which WebGPU does not fuse with a convolution; see `separateTanh`. */
export function tanh(value: Value): Value {
  return value.graph.dialect === "standard" ? neg(tangent(neg(value))) : tangent(value);
}

const tangent = unary("Tanh");

/** e to the power of the value. */
export const exp = unary("Exp");

/** Natural logarithm. */
export const log = unary("Log");

/** Square root. */
export const sqrt = unary("Sqrt");

/** 1 / value. */
export const reciprocal = unary("Reciprocal");

/** The value without its sign. */
export const abs = unary("Abs");

/** -1, 0 or 1. */
export const sign = unary("Sign");

/** The error function. */
export const erf = unary("Erf");

/** value * clip(value / 6 + 1/2, 0, 1). Source: Howard 2019, doi:10.1109/ICCV.2019.00140 */
export const hardSwish = unary("HardSwish");

/** The value, where the gradient stops. */
export const stopGradient = (value: Value): Value =>
  value.graph.node("Identity", [value], { ...typeOf(value), attributes: {} });

function unary(op: string): (value: Value) => Value {
  return (value) => value.graph.node(op, [value], typeOf(value));
}

function typeOf({ type, shape }: Value): Pick<Value, "type" | "shape"> {
  return { type, shape };
}

/** The value where it is positive, else `slope` times it. */
export function leakyRelu(value: Value, { slope }: { readonly slope: number }): Value {
  return value.graph.node("LeakyRelu", [value], { ...typeOf(value), attributes: { alpha: float(slope) } });
}

/** slope * value + offset, held between 0 and 1. */
export function hardSigmoid(
  value: Value,
  { slope, offset }: { readonly slope: number; readonly offset: number },
): Value {
  const attributes = { alpha: float(slope), beta: float(offset) };
  return value.graph.node("HardSigmoid", [value], { ...typeOf(value), attributes });
}

/** The value held between two bounds. */
export function clip(value: Value, { low, high }: { readonly low: number; readonly high: number }): Value {
  const { graph } = value;
  return graph.node("Clip", [value, graph.floats([low]), graph.floats([high])], typeOf(value));
}

/** value * sigmoid(value). Source: Elfwing 2018, doi:10.1016/j.neunet.2017.12.012 */
export function silu(value: Value): Value {
  return mul(value, sigmoid(value));
}

/** value * (1 + erf(value / sqrt 2)) / 2. Source: Hendrycks 2016, arXiv:1606.08415 */
export function gelu(value: Value): Value {
  if (value.graph.dialect === "cpu") return value.graph.node("Gelu", [value], { ...typeOf(value), domain: MICROSOFT });
  return mul(scale(value, 0.5), shift(erf(scale(value, Math.SQRT1_2)), 1));
}

/** `yes` where the condition holds, else `no`. */
export function where(condition: Value, yes: Value, no: Value): Value {
  const shape = broadcastShape(condition.shape, broadcastShape(yes.shape, no.shape));
  return condition.graph.node("Where", [condition, yes, no], { type: yes.type, shape });
}

/** The value as another element type; bool becomes 0 or 1. */
export function cast(value: Value, type: ElementType): Value {
  if (value.type === type) return value;
  const attributes = { to: int(elementTypes[type]) };
  return value.graph.node("Cast", [value], { type, shape: value.shape, attributes });
}
