import { FormatError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { type ByteSource, type Leftovers, MOST_INFLATION } from "./byte-source.ts";
import { type ReadVoxels, readStoredVoxels, type StoredVoxels, shortDataError, storedBytes } from "./stored-voxels.ts";

/** The voxels of one volume among several of the same size, one behind the other. */
export interface VoxelBlock extends StoredVoxels {
  readonly volumesBefore: number;
  readonly volumesAfter: number;
}

/**
 * Reads a volume and follows the bytes behind it to their end.
 *
 * Errors: those of `readStoredVoxels`; FormatError <prefix>_GZ_… for what is wrong with deflated bytes
 */
export async function readVoxelBlock(source: ByteSource, block: VoxelBlock): Promise<ReadVoxels> {
  await skipVolumes(source, block, block.volumesBefore);
  const voxels = await readStoredVoxels(source, block);
  await skipVolumes(source, block, block.volumesAfter);
  return { data: voxels.data, warnings: [...voxels.warnings, ...leftoverWarnings(await source.finish(), block)] };
}

async function skipVolumes(source: ByteSource, block: VoxelBlock, volumes: number): Promise<void> {
  const wanted = volumes * volumeBytesOf(block);
  const found = await source.skip(wanted);
  if (found < wanted) throw shortDataError(block, wanted - found);
}

/** What there is to read from, and what may be taken of memory. */
export interface Supply {
  /** Bytes of the file from the first voxel on. */
  readonly bytes: number;
  readonly isDeflated: boolean;
  /** Limit for the voxels of one volume, held. */
  readonly volumeBytes: number;
}

/**
 * Refuses, before memory is taken, voxels that the file cannot hold and volumes that are larger than allowed.
 *
 * Errors: FormatError <prefix>_DATA_SHORT, <prefix>_TOO_BIG
 */
export function assertPlausible(block: VoxelBlock, { bytes, isDeflated, volumeBytes }: Supply): void {
  const needed = volumeBytesOf(block) * (block.volumesBefore + 1 + block.volumesAfter);
  const available = isDeflated ? bytes * MOST_INFLATION : bytes;
  if (!(needed <= available)) throw shortDataError(block, needed - available);
  const held = Math.max(volumeBytesOf(block), block.count * (block.slope === 1 && block.intercept === 0 ? 1 : 4));
  if (held > volumeBytes)
    throw new FormatError({
      code: `${block.prefix}_TOO_BIG`,
      where: block.where,
      expected: `a volume of at most ${volumeBytes} bytes`,
      got: `${held}`,
      next: "Raise the limit volumeBytes if you trust the file",
    });
}

function volumeBytesOf({ count, type }: VoxelBlock): number {
  return count * storedBytes[type];
}

function leftoverWarnings({ bytes, padding }: Leftovers, { where, prefix }: VoxelBlock): readonly Warning[] {
  if (bytes + padding === 0) return [];
  return [{ code: `${prefix}_TRAILING`, where, text: `${bytes + padding} bytes behind the voxels are ignored` }];
}
