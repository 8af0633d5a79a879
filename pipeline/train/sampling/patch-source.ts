import type { Triple } from "../../volume/affine.ts";
import type { LabelArray } from "../../volume/volume.ts";

/** A prepared case that is read in parts. */
export interface PatchSource {
  /** [D, H, W] */
  readonly shape: Triple;
  /** Flat indices of some voxels of each class that it holds. */
  readonly voxelsByClass: ReadonlyMap<number, Uint32Array>;
  /** Voxels of a box that lies inside: image [C, D, H, W], labels [D, H, W], both the caller's own. */
  readonly readBlock: (start: Triple, size: Triple) => BlockVoxels | Promise<BlockVoxels>;
  readonly close: () => void | Promise<void>;
}

/** Image and labels of a box. */
export interface BlockVoxels {
  readonly image: Float32Array;
  readonly labels: LabelArray;
}

/** Cases that stay open at most; each holds a file and its lists of voxels. */
const MOST_OPEN = 64;

/** Opens cases and keeps the last ones open. */
export function sourceShelf(open: (folder: string) => PatchSource | Promise<PatchSource>): {
  readonly take: (folder: string) => Promise<PatchSource>;
  readonly close: () => Promise<void>;
} {
  const shelf = new Map<string, PatchSource>();
  return {
    take: async (folder) => {
      const source = shelf.get(folder) ?? (await open(folder));
      // Set again: a map keeps the order of insertion, so that the first is the one not used for longest.
      shelf.delete(folder);
      shelf.set(folder, source);
      const [oldest] = shelf;
      if (shelf.size > MOST_OPEN) {
        shelf.delete(oldest[0]);
        await oldest[1].close();
      }
      return source;
    },
    close: async () => {
      for (const source of shelf.values()) await source.close();
      shelf.clear();
    },
  };
}
