import type { Triple } from "../../volume/affine.ts";

/** Smallest side, in voxels, that a network may work at. Source: nnU-Net v2, UNet_featuremap_min_edge_length */
const SMALLEST_SIDE = 4;

/** As many as a plan may have. */
const MOST_STAGES = 10;

/** Where a network halves its sides, and how large its kernels are. */
export interface Topology {
  /** The patch asked for, each side raised to what the strides divide. */
  readonly patch: Triple;
  /** Per stage, finest first. */
  readonly strides: readonly Triple[];
  readonly kernels: readonly Triple[];
  /** What each side of a patch is a multiple of. */
  readonly step: Triple;
}

/**
 * Strides and kernels for a patch: an axis is halved while it is long enough and no coarser than twice the finest, and gets
 * kernels of 3 once it is within twice the finest spacing.
 *
 * Axes of side 1, as the depth of a 2-D network, are left alone.
 *
 * Source: nnU-Net v2, network_topology.py, get_pool_and_conv_props
 */
export function topologyFor(wanted: Triple, spacingMm: Triple): Topology {
  const axes = [0, 1, 2].filter((axis) => wanted[axis] > 1);
  const size = [...wanted];
  const spacing = [...spacingMm];
  const kernel = [1, 1, 1];
  const strides: Triple[] = [[1, 1, 1]];
  const kernels: Triple[] = [];
  const step: [number, number, number] = [1, 1, 1];
  while (strides.length < MOST_STAGES) {
    const halved = axesToHalve(axes, { size, spacing });
    if (halved.length === 0) break;
    const finest = Math.min(...axes.map((axis) => spacing[axis]));
    for (const axis of axes) if (spacing[axis] / finest < 2) kernel[axis] = 3;
    kernels.push(tripleOf(kernel));
    strides.push(tripleOf([0, 1, 2].map((axis) => (halved.includes(axis) ? 2 : 1))));
    for (const axis of halved) {
      spacing[axis] *= 2;
      size[axis] = Math.ceil(size[axis] / 2);
      step[axis] *= 2;
    }
  }
  kernels.push(tripleOf([0, 1, 2].map((axis) => (axes.includes(axis) ? 3 : 1))));
  return {
    patch: tripleOf(wanted.map((side, axis) => step[axis] * Math.ceil(side / step[axis]))),
    strides,
    kernels,
    step,
  };
}

function axesToHalve(
  axes: readonly number[],
  { size, spacing }: { readonly size: readonly number[]; readonly spacing: readonly number[] },
): readonly number[] {
  const long = axes.filter((axis) => size[axis] >= 2 * SMALLEST_SIDE);
  const finest = Math.min(...long.map((axis) => spacing[axis]));
  const even = long.filter((axis) => spacing[axis] / finest < 2);
  return even.length === 1 && size[even[0]] < 3 * SMALLEST_SIDE ? [] : even;
}

/** The first three of a list. */
export function tripleOf([first, second, third]: readonly number[]): Triple {
  return [first, second, third];
}
