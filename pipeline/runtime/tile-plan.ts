import type { Triple } from "../volume/affine.ts";
import type { PatchRule } from "./network.ts";

/** Where the patches of a volume lie. */
export interface TilePlan {
  /** [D, H, W] of one patch. */
  readonly patch: Triple;
  /** First voxel of the patches along each axis, ascending; below 0 where a volume smaller than the patch is centred. */
  readonly starts: readonly [readonly number[], readonly number[], readonly number[]];
}

/**
 * Patches that cover a volume with at least the wanted overlap, evenly spread.
 *
 * Shape:  a volume smaller than the patch lies in its middle, the odd voxel of padding behind it
 * Source: Isensee 2021, doi:10.1038/s41592-020-01008-z; nnU-Net v2 compute_steps_for_sliding_window and pad_nd_image.
 *         Differs where rounding would put two patches at one place: there is only one
 */
export function planTiles(shape: Triple, { rule, overlap }: { rule: PatchRule; overlap: number }): TilePlan {
  const patch = patchSizeOf(rule, shape);
  const startsAlong = (axis: number) => tileStarts(shape[axis], { tile: patch[axis], overlap });
  return { patch, starts: [startsAlong(0), startsAlong(1), startsAlong(2)] };
}

/** Patch size that a rule gives for a volume. */
export function patchSizeOf(rule: PatchRule, shape: Triple): Triple {
  if (rule.kind === "fixed") return rule.size;
  const side = (axis: number) =>
    Math.min(Math.ceil(shape[axis] / rule.step[axis]) * rule.step[axis], rule.largest[axis]);
  return [side(0), side(1), side(2)];
}

function tileStarts(size: number, { tile, overlap }: { tile: number; overlap: number }): readonly number[] {
  if (size <= tile) return [-Math.floor((tile - size) / 2)];
  const target = Math.max(1, tile * (1 - overlap));
  const last = size - tile;
  const count = Math.ceil(last / target) + 1;
  return Array.from({ length: count }, (_, n) => roundHalfEven((last / (count - 1)) * n));
}

/** NumPy's rounding, so that the patches lie where nnU-Net's lie. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/** nnU-Net's sigma of the importance of a patch's voxels, as a share of its side. */
const SIGMA_SHARE = 1 / 8;

/**
 * Importance of a patch's voxels along one axis; the product over three axes is that of a voxel.
 *
 * Shape:  [size], 1 at the centre voxel floor(size / 2)
 * Source: nnU-Net v2 compute_gaussian (a filtered delta is the Gaussian itself; its cut at 4 sigma lies at the border)
 */
export function importanceAlong(size: number): Float64Array {
  const centre = Math.floor(size / 2);
  const sigma = size * SIGMA_SHARE;
  return Float64Array.from({ length: size }, (_, i) => Math.exp(-0.5 * ((i - centre) / sigma) ** 2));
}

/** Sum of all patches' importance at each voxel of one axis. */
export function coverageAlong(
  size: number,
  { starts, tile }: { starts: readonly number[]; tile: number },
): Float64Array {
  const importance = importanceAlong(tile);
  const sum = new Float64Array(size);
  for (const start of starts)
    for (let i = Math.max(0, -start); i < tile && start + i < size; i++) sum[start + i] += importance[i];
  return sum;
}
