import { shapeOfBox } from "../volume/box.ts";
import { type LabelArray, type LabelMap, volumeOf, voxelCountOf } from "../volume/volume.ts";
import { type RegionGraph, regionGraphOf } from "./region-graph.ts";
import { boxesOf } from "./runs.ts";

/**
 * The label map with the background voxels that one class encloses given to that class.
 *
 * A hole is a set of voxels joined by faces that are not of the class and cannot reach the volume's border without
 * crossing it; other classes inside a hole stay. Where classes lie inside each other, the one with the smaller box
 * gets the voxel. A volume of a single slice is filled as a plane. `classIds` limits it to some classes.
 *
 * Cost:   O(voxels + classes * regions); one copy, none where there is no hole
 * Source: the rule of SciPy's `binary_fill_holes`, class by class
 */
export function fillHoles<T extends LabelArray>(
  labels: LabelMap<T>,
  { classIds }: { readonly classIds?: readonly number[] } = {},
): LabelMap<T> {
  const graph = regionGraphOf(labels.data, labels.shape);
  const filler = new Uint16Array(graph.ids.length);
  const isOpen = (region: number) => graph.ids[region] === 0 && graph.onBorder[region] === 0 && filler[region] === 0;
  if (!graph.ids.some((_, region) => isOpen(region))) return labels;
  for (const id of classesInnerFirst(labels, graph)) {
    if (!(classIds?.includes(id) ?? true)) continue;
    const outside = reachedWithout(graph, id);
    for (let region = 0; region < filler.length; region++)
      if (isOpen(region) && outside[region] === 0) filler[region] = id;
  }
  return filled(labels, graph, filler);
}

/** Classes by ascending volume of their boxes, then by id. */
function classesInnerFirst({ data, shape }: LabelMap, { runs, ids }: RegionGraph): readonly number[] {
  const groupOf = new Uint32Array(runs.start.length);
  for (let run = 0; run < groupOf.length; run++) groupOf[run] = data[runs.start[run]];
  const classes = [...new Set(ids)].filter((id) => id !== 0).sort((first, second) => first - second);
  const boxes = boxesOf(runs, { groupOf, groups: Math.max(0, ...classes) + 1, shape });
  const sizes = boxes.map((box) => voxelCountOf(shapeOfBox(box)));
  return classes.sort((first, second) => sizes[first] - sizes[second]);
}

/** Marks the regions that a walk from the border reaches without entering the class. */
function reachedWithout({ ids, onBorder, first, neighbours }: RegionGraph, id: number): Uint8Array {
  const reached = new Uint8Array(ids.length);
  const stack = new Uint32Array(ids.length);
  let height = 0;
  const enter = (region: number) => {
    if (reached[region] === 1 || ids[region] === id) return;
    reached[region] = 1;
    stack[height++] = region;
  };
  onBorder.forEach((isOn, region) => {
    if (isOn === 1) enter(region);
  });
  while (height > 0) {
    const region = stack[--height];
    for (let e = first[region]; e < first[region + 1]; e++) enter(neighbours[e]);
  }
  return reached;
}

function filled<T extends LabelArray>(
  labels: LabelMap<T>,
  { runs: { start, stop }, regionOf }: RegionGraph,
  filler: Uint16Array,
): LabelMap<T> {
  if (!filler.some((id) => id !== 0)) return labels;
  const data = labels.data.slice() as T;
  for (let run = 0; run < start.length; run++) {
    const id = filler[regionOf[run]];
    if (id !== 0) data.fill(id, start[run], stop[run]);
  }
  return volumeOf(data, labels);
}
