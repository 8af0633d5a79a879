import type { LabelArray } from "../../../volume/volume.ts";
import type { Planes } from "./view.ts";

/** Voxels of each class in each plane: class id -> count per plane. */
export function areasPerPlane(labels: LabelArray, { shape, start, steps }: Planes): ReadonlyMap<number, Uint32Array> {
  const areas = new Map<number, Uint32Array>();
  for (let p = 0; p < shape[0]; p++)
    for (let r = 0; r < shape[1]; r++) {
      const row = start + p * steps[0] + r * steps[1];
      for (let c = 0; c < shape[2]; c++) {
        const id = labels[row + c * steps[2]];
        if (id === 0) continue;
        const own = areas.get(id) ?? new Uint32Array(shape[0]);
        own[p]++;
        areas.set(id, own);
      }
    }
  return areas;
}

/**
 * The planes that show most: for each class, the rarest first, the plane where it is largest, unless one already chosen shows
 * at least half of that; spread evenly where there is room left.
 *
 * Empty:  without labels, evenly spread planes
 */
export function choosePlanes(
  areas: ReadonlyMap<number, Uint32Array>,
  planeCount: number,
  most: number,
): readonly number[] {
  const total = (area: Uint32Array) => area.reduce((sum, voxels) => sum + voxels, 0);
  const rarestFirst = [...areas.values()].sort((first, second) => total(first) - total(second));
  const chosen: number[] = [];
  for (const area of rarestFirst) {
    if (chosen.length >= most) break;
    const largest = area.reduce((best, voxels, plane) => (voxels > area[best] ? plane : best), 0);
    const shown = chosen.some((plane) => 2 * area[plane] >= area[largest]);
    if (!shown) chosen.push(largest);
  }
  if (areas.size === 0) for (let i = 1; i <= most; i++) chosen.push(Math.floor((i * planeCount) / (most + 1)));
  return [...new Set(chosen)].sort((first, second) => first - second);
}
