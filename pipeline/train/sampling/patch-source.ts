import type { Triple } from "../../volume/affine.ts";
import type { PreparedCaseFile } from "../prepare/prepared-case-file.ts";

/** As much of a prepared case as patches are made from. */
export type PatchSource = Pick<PreparedCaseFile, "shape" | "voxelsByClass" | "readBlock" | "close">;

/** Cases that stay open at most; each holds files and lists of voxels. */
const MOST_OPEN = 64;

/** Opens cases by their folders and keeps the last ones open. */
export function sourceShelf(open: (folder: string) => PatchSource): {
  readonly take: (folder: string) => PatchSource;
  readonly close: () => void;
} {
  const shelf = new Map<string, PatchSource>();
  const take = (folder: string) => {
    const source = shelf.get(folder) ?? open(folder);
    // Set again: a map keeps the order of insertion, so that the first is the one not used for longest.
    shelf.delete(folder);
    shelf.set(folder, source);
    const [[oldest, unused]] = shelf;
    if (shelf.size > MOST_OPEN) {
      shelf.delete(oldest);
      unused.close();
    }
    return source;
  };
  const close = () => {
    for (const source of shelf.values()) source.close();
    shelf.clear();
  };
  return { take, close };
}

/** [d, h, w] of a flat index. */
export function indexOf(flat: number, [, height, width]: Triple): Triple {
  return [Math.floor(flat / (height * width)), Math.floor(flat / width) % height, flat % width];
}
