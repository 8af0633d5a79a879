import { intAttribute } from "../../graph/attributes.ts";
import { exp, mul, reduceSum, sub } from "../../graph/operators/index.ts";
import type { Backward, GradientRule } from "../rule.ts";

function axesOf(backward: Backward): readonly number[] {
  const axis = intAttribute(backward, "axis", -1);
  return [axis < 0 ? axis + backward.gradient.shape.length : axis];
}

const softmaxRule: GradientRule = (backward) => {
  const { gradient, outputs } = backward;
  const [shares] = outputs;
  const weighted = mul(gradient, shares);
  return [sub(weighted, mul(shares, reduceSum(weighted, { axes: axesOf(backward) })))];
};

const logSoftmaxRule: GradientRule = (backward) => {
  const { gradient, outputs } = backward;
  return [sub(gradient, mul(exp(outputs[0]), reduceSum(gradient, { axes: axesOf(backward) })))];
};

/** Rules of softmax and its logarithm. */
export const softmaxRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["Softmax", softmaxRule],
  ["LogSoftmax", logSoftmaxRule],
];
