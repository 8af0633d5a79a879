import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { concat, expand, gather, matmul, reduceSum, reshape, slice, transpose } from "../graph/operators/index.ts";
import { intTensor } from "../graph/tensor.ts";
import { type ConvolutionOver, flipped } from "./convolution-input.ts";
import { convolve } from "./convolve.ts";

/**
 * Gradient of a convolution to its weight.
 *
 * Shape:  image [N, C, ...], gradient [N, K, ...] -> [K, C / groups, ...kernel]
 */
export function convolutionWeight(image: Value, gradient: Value, over: ConvolutionOver): Value {
  const { kernel, strides, pads, groups } = over;
  const isPointwise = [...kernel, ...strides].every((each) => each === 1) && pads.every((each) => each === 0);
  if (isPointwise && groups === 1) return byProduct(image, gradient);
  if (image.graph.dialect === "cpu" && groups === 1 && kernel.length <= 3 && kernel.length >= 2)
    return byRows(image, gradient, over);
  return bySwappedAxes(image, gradient, over);
}

/** A kernel of one voxel is a matrix. */
function byProduct(image: Value, gradient: Value): Value {
  const [n, c, ...sides] = image.shape.map(Number);
  const k = Number(gradient.shape[1]);
  const length = elementCountOf(sides);
  const perImage = matmul(reshape(gradient, [n, k, length]), reshape(image, [n, c, length]), { transposeSecond: true });
  return reshape(reduceSum(perImage, { axes: [0] }), [k, c, ...sides.map(() => 1)]);
}

/**
 * The convolution of image and gradient over space, batch as channels: what they share is summed over.
 *
 * The output has a place for each tap; strides and dilations change roles.
 */
function bySwappedAxes(image: Value, gradient: Value, over: ConvolutionOver): Value {
  const { kernel, strides, dilations, groups } = over;
  const [n, c, ...sides] = image.shape.map(Number);
  const [, k, ...moved] = gradient.shape.map(Number);
  const rest = sides.map((_, axis) => axis + 3);
  const grouped = transpose(reshape(image, [n, groups, c / groups, ...sides]), [2, 1, 0, ...rest]);
  const batchAsChannels = reshape(grouped, [c / groups, groups * n, ...sides]);
  const kernelOfGradient = transpose(gradient, [1, 0, ...moved.map((_, axis) => axis + 2)]);
  const taps = convolve(batchAsChannels, {
    weight: kernelOfGradient,
    groups,
    strides: dilations,
    dilations: strides,
    pads: reachOf(over, moved),
  });
  const cut = slice(
    taps,
    kernel.map((length, axis) => ({ axis: axis + 2, from: 0, to: length })),
  );
  return reshape(transpose(cut, [1, 0, ...kernel.map((_, axis) => axis + 2)]), [k, c / groups, ...kernel]);
}

/** Padding with which a kernel of the gradient's size, dilated by the strides, has a place for each tap at least. */
function reachOf(
  { kernel, strides, dilations, pads, sides }: ConvolutionOver,
  moved: readonly number[],
): readonly number[] {
  const ends = kernel.map((length, axis) => {
    const needed = dilations[axis] * (length - 1) + strides[axis] * (moved[axis] - 1) + 1;
    return Math.max(0, needed - sides[axis] - pads[axis]);
  });
  return [...pads.slice(0, kernel.length), ...ends];
}

/**
 * The same sum as one 2-D convolution with channels last, batch and depth as its channels: a place along W is (tap,
 * channel), so that what ONNX Runtime gathers are runs of whole voxels, and its matrix product has a row for each depth
 * tap and output channel.
 */
function byRows(image: Value, gradient: Value, over: ConvolutionOver): Value {
  const [, c] = image.shape.map(Number);
  const k = Number(gradient.shape[1]);
  const solid = over.kernel.length === 3 ? { image, gradient, over } : solidOf(image, gradient, over);
  const isPlain = over.strides.every((stride) => stride === 1);
  // More rows make the product faster; without strides, image and gradient can change roles.
  const taps =
    isPlain && c > k
      ? flipped(transpose(rowTaps(solid.gradient, solid.image, mirrored(solid.over, solid.gradient)), [1, 0, 2, 3, 4]))
      : rowTaps(solid.image, solid.gradient, solid.over);
  return reshape(taps, [k, c, ...over.kernel]);
}

/** A 2-D convolution as one of depth 1. */
function solidOf(image: Value, gradient: Value, { kernel, strides, dilations, pads, sides, groups }: ConvolutionOver) {
  const deep = (value: Value) => reshape(value, [...value.shape.slice(0, 2), 1, ...value.shape.slice(2)]);
  const over = {
    kernel: [1, ...kernel],
    strides: [1, ...strides],
    dilations: [1, ...dilations],
    pads: [0, ...pads.slice(0, 2), 0, ...pads.slice(2)],
    sides: [1, ...sides],
    groups,
  };
  return { image: deep(image), gradient: deep(gradient), over };
}

/** The window that finds the image's place over the gradient, taps in reverse. */
function mirrored(over: ConvolutionOver, gradient: Value): ConvolutionOver {
  const { kernel, dilations, pads } = over;
  const begins = kernel.map((length, axis) => dilations[axis] * (length - 1) - pads[axis]);
  return { ...over, pads: [...begins, ...begins], sides: gradient.shape.slice(2).map(Number) };
}

/** Shape:  image [N, C, D, H, W], gradient [N, K, d, h, w] -> [K, C, kD, kH, kW] */
function rowTaps(image: Value, gradient: Value, over: ConvolutionOver): Value {
  const { kernel, strides, dilations } = over;
  const [n, c, d, h, w] = image.shape.map(Number);
  const [, k, ...moved] = gradient.shape.map(Number);
  const lastChannels = reshape(transpose(image, [0, 2, 3, 4, 1]), [1, n * d, h, w * c]);
  const reach = reachOf(over, moved);
  const span = dilations[2] * (kernel[2] - 1) + 1;
  const taps = convolve(lastChannels, {
    weight: depthShifts(gradient, { over, depth: d }),
    strides: [dilations[1], 1],
    dilations: [strides[1], strides[2] * c],
    pads: [reach[1], reach[2] * c, reach[4], reach[5] * c],
  });
  const cut = slice(taps, [
    { axis: 2, from: 0, to: kernel[1] },
    { axis: 3, from: 0, to: span * c },
  ]);
  const apart = reshape(cut, [kernel[0], k, kernel[1], span, c]);
  const tapsOnly = slice(apart, [{ axis: 3, from: 0, to: span, step: dilations[2] }]);
  return transpose(tapsOnly, [1, 4, 0, 2, 3]);
}

/**
 * The gradient once per depth tap, each at the image depths it meets, 0 where it meets none.
 *
 * Shape:  [N, K, d, h, w] -> [kD * K, N * depth, h, w]
 */
function depthShifts(
  gradient: Value,
  { over, depth }: { readonly over: ConvolutionOver; readonly depth: number },
): Value {
  const { graph } = gradient;
  const [n, k, d, h, w] = gradient.shape.map(Number);
  const [taps] = over.kernel;
  if (taps === 1 && depth === d && over.pads[0] === 0 && over.strides[0] === 1)
    return reshape(transpose(gradient, [1, 0, 2, 3, 4]), [k, n * d, h, w]);
  const zeroRow = n * k * d;
  const name = `depth taps ${[n, k, d, depth, taps, over.pads[0], over.dilations[0], over.strides[0]].join(" ")}`;
  const rows = graph.shared(name, () => {
    const values: number[] = [];
    for (let t = 0; t < taps; t++)
      for (let channel = 0; channel < k; channel++)
        for (let image = 0; image < n; image++)
          for (let z = 0; z < depth; z++) {
            const place = (z + over.pads[0] - t * over.dilations[0]) / over.strides[0];
            const meets = Number.isInteger(place) && place >= 0 && place < d;
            values.push(meets ? (image * k + channel) * d + place : zeroRow);
          }
    return intTensor(name, values, [taps * k, n * depth]);
  });
  const slices = concat([reshape(gradient, [zeroRow, h * w]), expand(graph.floats([0]), [1, h * w])], { axis: 0 });
  return reshape(gather(slices, rows, { axis: 0 }), [taps * k, n * depth, h, w]);
}
