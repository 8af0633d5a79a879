import type { Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import { type LabelArray, type LabelMap, volumeOf } from "../volume/volume.ts";
import { componentsOfRuns, type RunComponents } from "./component-runs.ts";
import { boxesOf, type Connectivity, type Runs, runsOf } from "./runs.ts";

export type { Connectivity } from "./runs.ts";

/** One connected region of one class. */
export interface Component {
  readonly classId: number;
  readonly voxels: number;
  readonly box: Box;
}

/** Class ids on a grid, whatever its geometry. */
export interface Labels {
  readonly data: LabelArray;
  readonly shape: Triple;
}

interface Choice {
  /** Default 26. */
  readonly connectivity?: Connectivity;
}

/**
 * The connected regions of every class, in scanning order of their first voxels.
 *
 * Empty:  background only gives none
 * Cost:   O(voxels); memory for the runs of voxels, not for the volume
 */
export function componentsOf(labels: Labels, { connectivity = 26 }: Choice = {}): readonly Component[] {
  const { runs, component, componentCount, classOf, sizes } = regionsOf(labels, connectivity);
  const boxes = boxesOf(runs, { groupOf: component, groups: componentCount, shape: labels.shape });
  return boxes.map((box, n) => ({ classId: classOf(n), voxels: sizes[n], box }));
}

/** For each voxel its region, counted from 1 in the order of `componentsOf`; 0 in the background. */
export function componentIndicesOf(labels: Labels, { connectivity = 26 }: Choice = {}): Uint32Array {
  const { runs, component } = regionsOf(labels, connectivity);
  const indices = new Uint32Array(labels.data.length);
  // Most runs are too short for a call of `fill`.
  for (let run = 0; run < component.length; run++)
    for (let i = runs.start[run]; i < runs.stop[run]; i++) indices[i] = component[run] + 1;
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
  { connectivity = 26, classIds }: Choice & { readonly classIds?: readonly number[] } = {},
): LabelMap<T> {
  const regions = regionsOf(labels, connectivity);
  const { sizes, classOf } = regions;
  const largest = new Map<number, number>();
  sizes.forEach((size, n) => {
    const kept = largest.get(classOf(n));
    if (kept === undefined || size > sizes[kept]) largest.set(classOf(n), n);
  });
  const isChosen = (id: number) => classIds?.includes(id) ?? true;
  return without(labels, regions, (n) => isChosen(classOf(n)) && largest.get(classOf(n)) !== n);
}

/**
 * The label map without regions of fewer voxels than `minimumVoxels` says for their class.
 *
 * Cost:   O(voxels); one copy, none where nothing goes
 */
export function removeSmall<T extends LabelArray>(
  labels: LabelMap<T>,
  { connectivity = 26, minimumVoxels }: Choice & { readonly minimumVoxels: (classId: number) => number },
): LabelMap<T> {
  const regions = regionsOf(labels, connectivity);
  return without(labels, regions, (n) => regions.sizes[n] < minimumVoxels(regions.classOf(n)));
}

/** The runs of a label map, their components, and each component's class and size. */
function regionsOf({ data, shape }: Labels, connectivity: Connectivity) {
  const runs = runsOf(data, shape, "skip");
  const components = componentsOfRuns(runs, { data, shape, connectivity });
  const sizes = sizesOf(runs, components);
  const classOf = (component: number) => data[runs.start[components.firstRun[component]]];
  return { runs, ...components, sizes, classOf };
}

function sizesOf({ start, stop }: Runs, { component, componentCount }: RunComponents): Float64Array {
  const sizes = new Float64Array(componentCount);
  for (let run = 0; run < start.length; run++) sizes[component[run]] += stop[run] - start[run];
  return sizes;
}

function without<T extends LabelArray>(
  labels: LabelMap<T>,
  { runs: { start, stop }, component, componentCount }: ReturnType<typeof regionsOf>,
  goes: (component: number) => boolean,
): LabelMap<T> {
  const gone = Uint8Array.from({ length: componentCount }, (_, n) => (goes(n) ? 1 : 0));
  if (!gone.includes(1)) return labels;
  const data = labels.data.slice() as T;
  for (let run = 0; run < start.length; run++) if (gone[component[run]] === 1) data.fill(0, start[run], stop[run]);
  return volumeOf(data, labels);
}
