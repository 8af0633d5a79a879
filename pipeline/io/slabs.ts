import type { Triple } from "../volume/affine.ts";
import { FormatError } from "../volume/errors.ts";
import type { Scan, Warning } from "../volume/scan.ts";
import { type Volume, type VoxelArray, volumeOf, voxelCountOf } from "../volume/volume.ts";
import { isConstant } from "./checked-voxels.ts";
import type { FoundScan } from "./scan-format.ts";

/** The slabs of planes that are read apart from each other, `most` at the same time; in the order of the D axis. */
export function slabsOf(found: FoundScan, most: number): readonly FoundScan[] {
  const depth = found.summary.shape?.[0] ?? 1;
  const count = Math.floor(Math.min(found.slabs ?? 1, most, depth));
  if (!(count > 1)) return [found];
  const start = (slab: number) => Math.round((slab * depth) / count);
  return Array.from({ length: count }, (_, slab) => ({ ...found, planes: [start(slab), start(slab + 1)] }));
}

/**
 * The scan that slabs make; a single one is the scan itself.
 *
 * Shape:  slabs [D1, H, W], [D2, H, W] ... -> [D1 + D2 ..., H, W]
 * Errors: FormatError F_CHILD_REPLY for slabs that are not what was asked for
 */
export function joinedScan(slabs: readonly Scan[], { files: [where], summary }: FoundScan): Scan {
  const [first] = slabs;
  if (slabs.length === 1) return first;
  const channels = first.channels.map((_, c) => {
    const parts = slabs.map((slab) => slab.channels[c]);
    return joinedVolume(parts, { where, shape: summary.shape ?? first.channels[0].shape });
  });
  return { ...first, channels: channels as unknown as Scan["channels"], warnings: joinedWarnings(slabs, channels) };
}

function joinedVolume(
  parts: readonly (Volume | undefined)[],
  { where, shape }: { readonly where: string; readonly shape: Triple },
): Volume {
  const [first] = parts;
  const isLike = (part: Volume | undefined): part is Volume =>
    part?.data.constructor === first?.data.constructor && part?.shape[1] === shape[1] && part.shape[2] === shape[2];
  const depth = parts.reduce((sum, part) => sum + (part?.shape[0] ?? 0), 0);
  if (first === undefined || !parts.every(isLike) || depth !== shape[0]) throw slabError(where, shape);
  const data = new (first.data.constructor as new (length: number) => VoxelArray)(voxelCountOf(shape));
  let filled = 0;
  for (const part of parts) {
    data.set(part.data, filled);
    filled += part.data.length;
  }
  return volumeOf(data, { shape, indexToLps: first.indexToLps }, where);
}

/** Each warning once; a slab that is constant says nothing of a whole that is not. */
function joinedWarnings(slabs: readonly Scan[], channels: readonly Volume[]): readonly Warning[] {
  const hasConstant = channels.some(({ data }) => isConstant(data));
  const kept = new Map<string, Warning>();
  for (const warning of slabs.flatMap(({ warnings }) => warnings))
    if (hasConstant || !warning.code.endsWith("_CONSTANT")) kept.set(JSON.stringify(warning), warning);
  return [...kept.values()];
}

function slabError(where: string, shape: Triple): FormatError {
  return new FormatError({
    code: "F_CHILD_REPLY",
    where,
    expected: `slabs that make ${shape.join(" x ")} voxels, as the listing said`,
    got: "others",
    next: "The files changed since they were listed, or are damaged; list them again",
  });
}
