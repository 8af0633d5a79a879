import type { Value } from "../builder.ts";
import { type Window, windowSides } from "../shapes.ts";
import { concat, expand, pad, reshape, slice, split } from "./arrange.ts";
import { add } from "./elementwise.ts";

/** A convolution over depth, height and width with groups; without an offset. */
export interface GroupedSolid {
  readonly image: Value;
  /** [K, C / groups, kD, kH, kW] */
  readonly weight: Value;
  readonly groups: number;
  readonly window: Window;
}

/** Makes a plain convolution. */
type Convolve = (
  image: Value,
  options: Partial<Window> & { readonly weight: Value; readonly groups?: number },
) => Value;

/** A grouped 3-D convolution out of ones that WebGPU has. */
export function groupedSolid(solid: GroupedSolid, convolve: Convolve): Value {
  const { weight, groups } = solid;
  const isDepthwise = weight.shape[1] === 1 && weight.shape[0] === groups;
  return isDepthwise ? byPlanes(solid, convolve) : byGroup(solid, convolve);
}

function byGroup({ image, weight, groups, window }: GroupedSolid, convolve: Convolve): Value {
  const shares = (value: Value, axis: number) =>
    split(value, { axis, lengths: new Array<number>(groups).fill(Number(value.shape[axis]) / groups) });
  const kernels = shares(weight, 0);
  const { strides, dilations, pads } = window;
  return concat(
    shares(image, 1).map((share, n) => convolve(share, { weight: kernels[n], strides, dilations, pads })),
    { axis: 1 },
  );
}

/** One 2-D convolution per tap along the depth, in which each slice of each channel is a group; their sum. */
function byPlanes({ image, weight, window }: GroupedSolid, convolve: Convolve): Value {
  const { strides, dilations, pads } = window;
  const [batch, channels, depth, height, width] = image.shape;
  const [count, , taps, ...kernel] = weight.shape.map(Number);
  const [newDepth, ...sides] = windowSides([depth, height, width], window).map(Number);
  const deep = pad(image, { pads: [0, 0, pads[0], 0, 0, 0, 0, pads[3], 0, 0] });
  const planar = {
    groups: count * newDepth,
    strides: strides.slice(1),
    dilations: dilations.slice(1),
    pads: [pads[1], pads[2], pads[4], pads[5]],
  };
  const ofTap = (tap: number) => {
    const from = tap * dilations[0];
    const to = from + (newDepth - 1) * strides[0] + 1;
    const slices = slice(deep, [{ axis: 2, from, to, step: strides[0] }]);
    const one = reshape(slice(weight, [{ axis: 2, from: tap, to: tap + 1 }]), [count, 1, 1, ...kernel]);
    return convolve(reshape(slices, [batch, count * newDepth, height, width]), {
      ...planar,
      weight: reshape(expand(one, [count, newDepth, 1, ...kernel]), [count * newDepth, 1, ...kernel]),
    });
  };
  const sum = Array.from({ length: taps }, (_, tap) => ofTap(tap)).reduce(add);
  return reshape(sum, [batch, channels, newDepth, ...sides]);
}
