import { intsAttribute, textAttribute } from "../attributes.ts";
import type { GraphNode } from "../graph.ts";

/** How one axis of a transposed convolution becomes one of a convolution whose channels are interleaved. */
export interface TransposedAxis {
  readonly stride: number;
  readonly dilation: number;
  /** Width of the new kernel. */
  readonly taps: number;
  /** Zeros around the image. */
  readonly padStart: number;
  readonly padEnd: number;
  /** Voxels to take off the interleaved result. */
  readonly cropStart: number;
  readonly cropEnd: number;
}

/** The axes of a `ConvTranspose`; `undefined` when they are faulty, or its padding depends on the image's size. */
export function transposedAxesOf(node: GraphNode, kernel: readonly number[]): readonly TransposedAxis[] | undefined {
  const each = (value: number) => kernel.map(() => value);
  const strides = intsAttribute(node, "strides", each(1));
  const dilations = intsAttribute(node, "dilations", each(1));
  const extra = intsAttribute(node, "output_padding", each(0));
  if (![...strides, ...dilations].every((step) => step >= 1)) return undefined;
  const reach = kernel.map((width, axis) => (width - 1) * dilations[axis] + 1 + extra[axis]);
  const pads = padsOf(node, { strides, reach });
  if (node.attributes.has("output_shape") || pads.some((pad) => pad < 0)) return undefined;
  return kernel.map((width, axis) =>
    axisOf({
      stride: strides[axis],
      dilation: dilations[axis],
      width: (width - 1) * dilations[axis] + 1,
      reach: reach[axis],
      pads: [pads[axis], pads[axis + kernel.length]],
    }),
  );
}

/** Starts, then ends; negative where the wanted padding is none that can be. */
function padsOf(
  node: GraphNode,
  { strides, reach }: { readonly strides: readonly number[]; readonly reach: readonly number[] },
): readonly number[] {
  const rule = textAttribute(node, "auto_pad", "NOTSET");
  if (!rule.startsWith("SAME_")) return intsAttribute(node, "pads", [...strides, ...strides].fill(0));
  // The result is `stride` times as large as the image.
  const totals = strides.map((stride, axis) => reach[axis] - stride);
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total, axis) => total - smaller[axis]);
  return rule === "SAME_UPPER" ? [...smaller, ...larger] : [...larger, ...smaller];
}

/**
 * Before any cropping, voxel `q * stride + r` of the result is the sum over j of image[q - j] * kernel[j * stride + r].
 * So channel r is a convolution with the flipped taps r, r + stride, … of the kernel.
 */
function axisOf({
  stride,
  dilation,
  width,
  reach,
  pads: [start, end],
}: {
  readonly stride: number;
  readonly dilation: number;
  readonly width: number;
  /** Width and output padding together. */
  readonly reach: number;
  readonly pads: readonly [start: number, end: number];
}): TransposedAxis {
  const taps = Math.ceil(width / stride);
  const padStart = Math.max(0, taps - 1 - Math.floor(start / stride));
  const padEnd = Math.max(0, Math.ceil((reach - end) / stride) - 1);
  const cropStart = start - stride * (taps - 1 - padStart);
  const cropEnd = (padEnd + 1) * stride - reach + end;
  return { stride, dilation, taps, padStart, padEnd, cropStart, cropEnd };
}
