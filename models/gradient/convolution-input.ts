import type { Value } from "../graph/builder.ts";
import { convTranspose, pad, reshape, slice, transpose } from "../graph/operators/index.ts";
import type { Window } from "../graph/shapes.ts";
import { convolve } from "./convolve.ts";

/** A convolution's window, groups, and the sides of the image that it ran over. */
export interface ConvolutionOver extends Window {
  readonly groups: number;
  readonly sides: readonly number[];
}

/**
 * Gradient of a convolution to its image, which is the transposed convolution of the gradient.
 *
 * With stride 1 it is a convolution with the flipped kernel; with strides each phase of the image is a convolution of its
 * own, all of them computed as channels of one and then laid side by side.
 *
 * Shape:  gradient [N, K, ...], weight [K, C / groups, ...] -> [N, C, ...sides]
 */
export function convolutionInput(gradient: Value, weight: Value, over: ConvolutionOver): Value {
  const { strides, dilations, groups } = over;
  if (strides.every((stride) => stride === 1)) return byFlippedKernel(gradient, weight, over);
  if (groups === 1 && dilations.every((dilation) => dilation === 1)) return byPhases(gradient, weight, over);
  return byTransposedConvolution(gradient, weight, over);
}

function byFlippedKernel(gradient: Value, weight: Value, over: ConvolutionOver): Value {
  const { kernel, dilations, pads, groups, sides } = over;
  const begins = kernel.map((length, axis) => dilations[axis] * (length - 1) - pads[axis]);
  const ends = kernel.map(
    (length, axis) => sides[axis] - Number(gradient.shape[axis + 2]) - begins[axis] + dilations[axis] * (length - 1),
  );
  return convolve(gradient, {
    weight: flipped(swappedChannels(weight, groups)),
    groups,
    dilations,
    pads: [...begins, ...ends],
  });
}

/** [K, C / groups, ...] -> [C, K / groups, ...] */
function swappedChannels(weight: Value, groups: number): Value {
  const [outputs, inputs, ...kernel] = weight.shape.map(Number);
  const axes = kernel.map((_, axis) => axis + 3);
  const apart = reshape(weight, [groups, outputs / groups, inputs, ...kernel]);
  return reshape(transpose(apart, [0, 2, 1, ...axes]), [groups * inputs, outputs / groups, ...kernel]);
}

/** The kernel walked backwards along each of its sides. */
export function flipped(weight: Value): Value {
  const ranges = weight.shape.flatMap((side, axis) =>
    axis < 2 || side === 1 ? [] : [{ axis, from: Number(side) - 1, to: -1, step: -1 }],
  );
  return ranges.length === 0 ? weight : slice(weight, ranges);
}

/**
 * Image position i = stride * m + phase takes tap t from gradient position (i + pad - t) / stride. With the kernel padded
 * in front so that taps and phases line up, t' = stride * j + phase, and the position is m + ceil(pad / stride) - j.
 */
function byPhases(gradient: Value, weight: Value, { kernel, strides, pads, sides }: ConvolutionOver): Value {
  const lead = strides.map((stride, axis) => Math.ceil(pads[axis] / stride));
  const front = strides.map((stride, axis) => stride * lead[axis] - pads[axis]);
  const taps = strides.map((stride, axis) => Math.ceil((kernel[axis] + front[axis]) / stride));
  const positions = strides.map((stride, axis) => Math.ceil(sides[axis] / stride));
  const begins = taps.map((count, axis) => count - 1 - lead[axis]);
  const ends = taps.map((count, axis) => positions[axis] - Number(gradient.shape[axis + 2]) - begins[axis] + count - 1);
  const phases = convolve(gradient, {
    weight: flipped(phaseKernels(weight, { strides, front, taps })),
    pads: [...begins, ...ends],
  });
  return sideBySide(phases, { strides, positions, sides });
}

/** [K, C, ...] -> [C * phases, K, ...taps]: each phase's taps as a kernel of its own. */
function phaseKernels(
  weight: Value,
  { strides, front, taps }: { strides: readonly number[]; front: readonly number[]; taps: readonly number[] },
): Value {
  const [outputs, inputs, ...kernel] = weight.shape.map(Number);
  const back = taps.map((count, axis) => strides[axis] * count - kernel[axis] - front[axis]);
  const padded = pad(weight, { pads: [0, 0, ...front, 0, 0, ...back] });
  const apart = reshape(padded, [outputs, inputs, ...taps.flatMap((count, axis) => [count, strides[axis]])]);
  const tapAxes = taps.map((_, axis) => 2 + 2 * axis);
  const phaseAxes = tapAxes.map((axis) => axis + 1);
  const phaseCount = strides.reduce((product, stride) => product * stride, 1);
  return reshape(transpose(apart, [1, ...phaseAxes, 0, ...tapAxes]), [inputs * phaseCount, outputs, ...taps]);
}

/** [N, C * phases, ...positions] -> [N, C, ...sides] */
function sideBySide(
  phases: Value,
  { strides, positions, sides }: { strides: readonly number[]; positions: readonly number[]; sides: readonly number[] },
): Value {
  const rank = strides.length;
  const [batch, all] = phases.shape;
  const channels = Number(all) / strides.reduce((product, stride) => product * stride, 1);
  const apart = reshape(phases, [batch, channels, ...strides, ...positions]);
  const woven = transpose(apart, [0, 1, ...strides.flatMap((_, axis) => [2 + rank + axis, 2 + axis])]);
  const whole = reshape(woven, [batch, channels, ...positions.map((count, axis) => count * strides[axis])]);
  return slice(
    whole,
    sides.map((side, axis) => ({ axis: axis + 2, from: 0, to: side })),
  );
}

/** The plain operator, for strided kernels that are dilated or grouped; slow, and not on every device. */
function byTransposedConvolution(gradient: Value, weight: Value, over: ConvolutionOver): Value {
  const { strides, dilations, pads, groups, sides } = over;
  const whole = convTranspose(gradient, { weight, strides, dilations, groups });
  const begins = sides.map((_, axis) => -pads[axis]);
  const ends = sides.map((side, axis) => side - Number(whole.shape[axis + 2]) + pads[axis]);
  return pad(whole, { pads: [0, 0, ...begins, 0, 0, ...ends] });
}
