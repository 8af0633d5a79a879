import type { Slice } from "./slice.ts";

/** How voxels are held. */
export type VoxelKind =
  | Uint8ArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Float32ArrayConstructor;

/** The smallest voxel type that holds every value that the slices may have after their rescale. */
export function voxelKindOf(slices: readonly Slice[]): VoxelKind {
  if (slices.some(({ image, rescale }) => image.format.kind !== "integer" || !isWhole(rescale))) return Float32Array;
  const ranges = slices.map(rangeOf);
  const low = ranges.reduce((least, range) => Math.min(least, range[0]), Infinity);
  const high = ranges.reduce((most, range) => Math.max(most, range[1]), -Infinity);
  if (low >= 0 && high <= 0xff) return Uint8Array;
  if (low >= -0x8000 && high <= 0x7fff) return Int16Array;
  if (low >= 0 && high <= 0xffff) return Uint16Array;
  return Float32Array;
}

function isWhole({ slope, intercept }: Slice["rescale"]): boolean {
  return Number.isInteger(slope) && Number.isInteger(intercept);
}

function rangeOf({ image: { format }, rescale: { slope, intercept } }: Slice): readonly [number, number] {
  const { bitsStored, signed } = format;
  const [low, high] = signed ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1];
  const ends = [low * slope + intercept, high * slope + intercept];
  return [Math.min(...ends), Math.max(...ends)];
}
