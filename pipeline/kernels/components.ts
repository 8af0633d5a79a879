import type { Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import { type LabelArray, type LabelMap, volumeOf } from "../volume/volume.ts";
import { boxesOf, type ComponentRuns, type Connectivity, componentRunsOf } from "./component-runs.ts";

export type { Connectivity } from "./component-runs.ts";

/** One connected region of one class. */
export interface Component {
  readonly classId: number;
  readonly voxels: number;
  readonly box: Box;
}

/** Class ids on a grid, whatever its geometry. */
export interface Labels<T extends LabelArray = LabelArray> {
  readonly data: T;
  readonly shape: Triple;
}

/**
 * The connected regions of every class, in scanning order of their first voxels.
 *
 * Empty:  background only gives none
 * Cost:   O(voxels); memory for the runs of voxels, not for the volume
 */
export function componentsOf(
  { data, shape }: Labels,
  { connectivity = 26 }: { readonly connectivity?: Connectivity } = {},
): readonly Component[] {
  const runs = componentRunsOf(data, shape, connectivity);
  const sizes = sizesOf(runs);
  const boxes = boxesOf(runs, { groupOf: runs.component, groups: runs.componentCount, shape });
  return Array.from(firstRunsOf(runs), (run, n) => ({
    classId: data[runs.start[run]],
    voxels: sizes[n],
    box: boxes[n],
  }));
}

/** For each voxel its region, counted from 1 in the order of `componentsOf`; 0 in the background. */
export function componentIndicesOf(
  { data, shape }: Labels,
  { connectivity = 26 }: { readonly connectivity?: Connectivity } = {},
): Uint32Array {
  const { start, stop, component } = componentRunsOf(data, shape, connectivity);
  const indices = new Uint32Array(data.length);
  for (let run = 0; run < start.length; run++) indices.fill(component[run] + 1, start[run], stop[run]);
  return indices;
}

/**
 * The label map with only the largest region of each class; the first in scanning order at a tie.
 * `classIds` limits it to some classes; the others stay as they are.
 *
 * Cost:   O(voxels); one copy, none where nothing goes
 */
export function keepLargest<T extends LabelArray>(
  labels: LabelMap<T>,
  { connectivity = 26, classIds }: { readonly connectivity?: Connectivity; readonly classIds?: readonly number[] } = {},
): LabelMap<T> {
  const runs = componentRunsOf(labels.data, labels.shape, connectivity);
  const sizes = sizesOf(runs);
  const firstRuns = firstRunsOf(runs);
  const classOf = (component: number) => labels.data[runs.start[firstRuns[component]]];
  const largest = new Map<number, number>();
  sizes.forEach((size, component) => {
    const kept = largest.get(classOf(component));
    if (kept === undefined || size > sizes[kept]) largest.set(classOf(component), component);
  });
  const wanted = classIds && new Set(classIds);
  return without(labels, runs, (component) => {
    const classId = classOf(component);
    return (wanted?.has(classId) ?? true) && largest.get(classId) !== component;
  });
}

/**
 * The label map without regions of fewer voxels than `minimumVoxels` says for their class.
 *
 * Cost:   O(voxels); one copy, none where nothing goes
 */
export function removeSmall<T extends LabelArray>(
  labels: LabelMap<T>,
  {
    connectivity = 26,
    minimumVoxels,
  }: { readonly connectivity?: Connectivity; readonly minimumVoxels: (classId: number) => number },
): LabelMap<T> {
  const runs = componentRunsOf(labels.data, labels.shape, connectivity);
  const sizes = sizesOf(runs);
  const firstRuns = firstRunsOf(runs);
  return without(
    labels,
    runs,
    (component) => sizes[component] < minimumVoxels(labels.data[runs.start[firstRuns[component]]]),
  );
}

function without<T extends LabelArray>(
  labels: LabelMap<T>,
  { start, stop, component, componentCount }: ComponentRuns,
  goes: (component: number) => boolean,
): LabelMap<T> {
  const gone = Uint8Array.from({ length: componentCount }, (_, n) => (goes(n) ? 1 : 0));
  if (!gone.includes(1)) return labels;
  const data = labels.data.slice() as T;
  for (let run = 0; run < start.length; run++) if (gone[component[run]] === 1) data.fill(0, start[run], stop[run]);
  return volumeOf(data, labels);
}

function sizesOf({ start, stop, component, componentCount }: ComponentRuns): Uint32Array {
  const sizes = new Uint32Array(componentCount);
  for (let run = 0; run < start.length; run++) sizes[component[run]] += stop[run] - start[run];
  return sizes;
}

/** The first run of each component. */
function firstRunsOf({ component, componentCount }: ComponentRuns): Uint32Array {
  const first = new Uint32Array(componentCount);
  for (let run = component.length - 1; run >= 0; run--) first[component[run]] = run;
  return first;
}
