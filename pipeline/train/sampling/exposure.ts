/** How much of each class is in a batch. */
export interface Exposure {
  readonly voxelsByClass: readonly number[];
  readonly patchesByClass: readonly number[];
}

/**
 * Counts voxels of each class, and patches that hold one.
 *
 * Shape:  labels [N, D, H, W] of `patches` N; counts in the order of `classIds`; other labels are not counted
 */
export function exposureOf(
  labels: Float32Array,
  { patches, classIds }: { readonly patches: number; readonly classIds: readonly number[] },
): Exposure {
  const placeOf = new Int32Array(Math.max(...classIds) + 1).fill(-1);
  for (const [place, id] of classIds.entries()) placeOf[id] = place;
  const voxelsByClass = new Array<number>(classIds.length).fill(0);
  const patchesByClass = new Array<number>(classIds.length).fill(0);
  const size = labels.length / patches;
  for (let n = 0; n < patches; n++) {
    const counts = new Float64Array(classIds.length);
    for (let i = n * size; i < (n + 1) * size; i++) {
      const place = placeOf[labels[i]];
      if (place >= 0) counts[place]++;
    }
    for (const [place, count] of counts.entries()) {
      voxelsByClass[place] += count;
      if (count > 0) patchesByClass[place]++;
    }
  }
  return { voxelsByClass, patchesByClass };
}
