import type { LabelArray } from "../../volume/volume.ts";

/** Most voxels that are kept of a class; nnU-Net keeps as many. */
const MOST_VOXELS = 10_000;

/**
 * Flat indices of the voxels of each class, in order; of a class with many, evenly drawn ones.
 *
 * Where some voxels are to be ignored, 0 is listed as a class: it is then one of the values that somebody gave.
 */
export function voxelsByClass(labels: LabelArray, ignoreLabel?: number): ReadonlyMap<number, Uint32Array> {
  const counts = new Map<number, number>();
  for (const id of labels) counts.set(id, (counts.get(id) ?? 0) + 1);
  if (ignoreLabel === undefined) counts.delete(0);
  else counts.delete(ignoreLabel);
  const lists = new Map([...counts].map(([id, count]) => [id, new Uint32Array(Math.min(count, MOST_VOXELS))]));
  const seen = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    const id = labels[i];
    const list = lists.get(id);
    if (list === undefined) continue;
    const n = seen.get(id) ?? 0;
    seen.set(id, n + 1);
    const count = counts.get(id) as number;
    // The n-th of `count` is kept where the line n * kept / count passes a whole number.
    const slot = Math.floor((n * list.length) / count);
    if (n === 0 || Math.floor(((n - 1) * list.length) / count) !== slot) list[slot] = i;
  }
  return new Map([...lists].sort(([first], [second]) => first - second));
}
