import { intsAttribute } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import { cast, div, equal, expand, mul, reduceSum, reshape, scale } from "../../graph/operators/index.ts";
import type { GradientRule } from "../rule.ts";

/** The gradient of a sum, with a side of 1 for each axis that was summed over, so that it stretches to the input. */
function keepingAxes(gradient: Value, value: Value): Value {
  return gradient.shape.length === value.shape.length
    ? gradient
    : reshape(
        gradient,
        value.shape.map(() => 1),
      );
}

const countOf = ({ shape }: Value) => shape.reduce<number>((product, side) => product * Number(side), 1);

const sumRule: GradientRule = ({ gradient, inputs: [value] }) => [
  expand(keepingAxes(gradient, value), value.shape.map(Number)),
];

const meanRule: GradientRule = ({ gradient, inputs: [value] }) => {
  const share = scale(keepingAxes(gradient, value), countOf(gradient) / countOf(value));
  return [expand(share, value.shape.map(Number))];
};

/** Where several are the greatest, they share. */
const maxRule: GradientRule = (backward) => {
  const {
    gradient,
    inputs: [value],
    outputs: [greatest],
  } = backward;
  const axes = intsAttribute(backward, "axes", []);
  const isGreatest = cast(equal(value, greatest), "float32");
  return [mul(isGreatest, div(gradient, reduceSum(isGreatest, { axes })))];
};

/** Rules of reductions. */
export const reductionRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["ReduceSum", sumRule],
  ["ReduceMean", meanRule],
  ["ReduceMax", maxRule],
];
