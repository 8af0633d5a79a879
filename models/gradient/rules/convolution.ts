import { intAttribute, intsAttribute } from "../../graph/attributes.ts";
import type { Value } from "../../graph/builder.ts";
import { axesBut, conv, reduceSum, reshape } from "../../graph/operators/index.ts";
import { type ConvolutionOver, convolutionInput } from "../convolution-input.ts";
import { convolutionWeight } from "../convolution-weight.ts";
import type { Backward, GradientRule } from "../rule.ts";

function overOf(backward: Backward, image: Value): ConvolutionOver {
  const kernel = backward.inputs[1].shape.slice(2).map(Number);
  const each = (value: number, length = kernel.length) => new Array<number>(length).fill(value);
  return {
    kernel,
    strides: intsAttribute(backward, "strides", each(1)),
    dilations: intsAttribute(backward, "dilations", each(1)),
    pads: intsAttribute(backward, "pads", each(0, 2 * kernel.length)),
    groups: intAttribute(backward, "group", 1),
    sides: image.shape.slice(2).map(Number),
  };
}

function biasGradient({ gradient, inputs, wants }: Backward): Value | undefined {
  if (inputs[2] === undefined || !wants(2)) return undefined;
  return reshape(reduceSum(gradient, { axes: axesBut(gradient, [1]) }), inputs[2].shape);
}

const convolutionRule: GradientRule = (backward) => {
  const { gradient, inputs, wants } = backward;
  const [image, weight] = inputs;
  const over = overOf(backward, image);
  return [
    wants(0) ? convolutionInput(gradient, weight, over) : undefined,
    wants(1) ? convolutionWeight(image, gradient, over) : undefined,
    biasGradient(backward),
  ];
};

/** A transposed convolution is the gradient of a convolution to its image, so its own is that convolution. */
const transposedRule: GradientRule = (backward) => {
  const { gradient, inputs, wants } = backward;
  const [image, weight] = inputs;
  const over = overOf(backward, gradient);
  const { strides, dilations, pads, groups } = over;
  return [
    wants(0) ? conv(gradient, { weight, strides, dilations, pads, groups }) : undefined,
    wants(1) ? convolutionWeight(gradient, image, over) : undefined,
    biasGradient(backward),
  ];
};

/** Rules of convolutions. */
export const convolutionRules: readonly (readonly [op: string, rule: GradientRule])[] = [
  ["Conv", convolutionRule],
  ["ConvTranspose", transposedRule],
];
