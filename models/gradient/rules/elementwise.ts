import { floatAttribute } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import {
  add,
  cast,
  clip,
  div,
  equal,
  erf,
  exp,
  greater,
  hardSigmoid,
  log,
  mul,
  neg,
  pow,
  scale,
  shift,
  sign,
  where,
} from "../../graph/operators/index.ts";
import { reduceToShape } from "../reduce-to-shape.ts";
import type { Backward, GradientRule } from "../rule.ts";

/** A rule for two inputs that stretch to each other, from what each one's gradient is before it is summed back. */
function binary(first: (backward: Backward) => Value, second: (backward: Backward) => Value): GradientRule {
  return (backward) =>
    [first, second].map((rule, n) =>
      backward.wants(n) ? reduceToShape(rule(backward), backward.inputs[n].shape) : undefined,
    );
}

/** A rule for one input. */
function unary(rule: (backward: Backward) => Value): GradientRule {
  return (backward) => [rule(backward)];
}

/** 1 where the first is greater, 1/2 where the two are equal, else 0. */
function isFirstGreater(first: Value, second: Value): Value {
  const strict = cast(greater(first, second), "float32");
  return add(strict, scale(cast(equal(first, second), "float32"), 0.5));
}

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

/** Steep enough to make 0 or 1 of every float that is not 0 or denormal. */
const STEEP = 1e30;

/** 1 where a value is positive, `slope` elsewhere: two passes, where `Where` with a scalar needs three times as long. */
function slopeOf(value: Value, slope: number): Value {
  const step = hardSigmoid(value, { slope: STEEP, offset: 0 });
  return slope === 0 ? step : clip(step, { low: slope, high: 1 });
}

/** Rules of operators that work element by element. */
export const elementwiseRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  [
    "Add",
    binary(
      ({ gradient }) => gradient,
      ({ gradient }) => gradient,
    ),
  ],
  [
    "Sub",
    ({ gradient, inputs: [first, second], wants }) => [
      wants(0) ? reduceToShape(gradient, first.shape) : undefined,
      wants(1) ? neg(reduceToShape(gradient, second.shape)) : undefined,
    ],
  ],
  [
    "Mul",
    binary(
      ({ gradient, inputs: [, second] }) => mul(gradient, second),
      ({ gradient, inputs: [first] }) => mul(gradient, first),
    ),
  ],
  [
    "Div",
    binary(
      ({ gradient, inputs: [, second] }) => div(gradient, second),
      ({ gradient, inputs: [, second], outputs: [quotient] }) => neg(div(mul(gradient, quotient), second)),
    ),
  ],
  [
    "Pow",
    binary(
      ({ gradient, inputs: [base, exponent] }) => mul(gradient, mul(exponent, pow(base, shift(exponent, -1)))),
      ({ gradient, inputs: [base], outputs: [power] }) => mul(gradient, mul(power, log(base))),
    ),
  ],
  [
    "Max",
    binary(
      ({ gradient, inputs: [first, second] }) => mul(gradient, isFirstGreater(first, second)),
      ({ gradient, inputs: [first, second] }) => mul(gradient, isFirstGreater(second, first)),
    ),
  ],
  [
    "Min",
    binary(
      ({ gradient, inputs: [first, second] }) => mul(gradient, isFirstGreater(second, first)),
      ({ gradient, inputs: [first, second] }) => mul(gradient, isFirstGreater(first, second)),
    ),
  ],
  ["Neg", unary(({ gradient }) => neg(gradient))],
  ["Relu", unary(({ gradient, outputs: [made] }) => mul(gradient, slopeOf(made, 0)))],
  [
    "LeakyRelu",
    unary((backward) => mul(backward.gradient, slopeOf(backward.inputs[0], floatAttribute(backward, "alpha", 0.01)))),
  ],
  ["Sigmoid", unary(({ gradient, outputs: [made] }) => mul(gradient, mul(made, shift(neg(made), 1))))],
  ["Tanh", unary(({ gradient, outputs: [made] }) => mul(gradient, shift(neg(mul(made, made)), 1)))],
  ["Exp", unary(({ gradient, outputs: [made] }) => mul(gradient, made))],
  ["Log", unary(({ gradient, inputs: [value] }) => div(gradient, value))],
  ["Sqrt", unary(({ gradient, outputs: [root] }) => scale(div(gradient, root), 0.5))],
  ["Reciprocal", unary(({ gradient, outputs: [made] }) => neg(mul(gradient, mul(made, made))))],
  ["Abs", unary(({ gradient, inputs: [value] }) => mul(gradient, sign(value)))],
  ["Erf", unary(({ gradient, inputs: [x] }) => mul(gradient, scale(exp(neg(mul(x, x))), TWO_OVER_SQRT_PI)))],
  ["Gelu", unary(({ gradient, inputs: [value] }) => mul(gradient, geluSlope(value)))],
  ["HardSigmoid", unary((backward) => mul(backward.gradient, hardSigmoidSlope(backward)))],
  ["HardSwish", unary(({ gradient, inputs: [value] }) => mul(gradient, hardSwishSlope(value)))],
  ["Clip", ({ gradient, inputs: [value], outputs: [held] }) => [mul(gradient, cast(equal(value, held), "float32"))]],
  [
    "Where",
    ({ gradient, inputs: [condition, yes, no], wants }) => {
      const zero = gradient.graph.floats([0]);
      return [
        undefined,
        wants(1) ? reduceToShape(where(condition, gradient, zero), yes.shape) : undefined,
        wants(2) ? reduceToShape(where(condition, zero, gradient), no.shape) : undefined,
      ];
    },
  ],
  ["Cast", ({ inputs: [value], gradient }) => [value.type === "float32" ? gradient : undefined]],
];

/** d gelu(x) / dx = Phi(x) + x * phi(x), with the standard normal's distribution and density. */
function geluSlope(value: Value): Value {
  const distribution = shift(scale(erf(scale(value, Math.SQRT1_2)), 0.5), 0.5);
  const density = scale(exp(scale(mul(value, value), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(distribution, mul(value, density));
}

function hardSigmoidSlope(backward: Backward): Value {
  const [made] = backward.outputs;
  const inside = mul(slopeOf(made, 0), slopeOf(shift(neg(made), 1), 0));
  return scale(inside, floatAttribute(backward, "alpha", 0.2));
}

/** 0 below -3, 1 above 3, x / 3 + 1/2 between. */
function hardSwishSlope(value: Value): Value {
  const inside = mul(slopeOf(shift(value, 3), 0), slopeOf(shift(neg(value), 3), 0));
  const above = slopeOf(shift(value, -3), 0);
  return add(mul(inside, shift(scale(value, 1 / 3), 0.5)), above);
}
