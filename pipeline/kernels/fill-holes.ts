import { type Box, shapeOfBox } from "../volume/box.ts";
import { type LabelArray, type LabelMap, volumeOf, voxelCountOf } from "../volume/volume.ts";
import { boxesOf, componentRunsOf, runsOf } from "./component-runs.ts";

/**
 * The label map with the background voxels that one class encloses given to that class.
 *
 * A hole is a region of voxels joined by faces that are not of the class and cannot reach the volume's border without
 * crossing it; other classes inside a hole stay. Where classes lie inside each other, the one with the smaller box
 * gets the voxel. `classIds` limits it to some classes.
 *
 * Cost:   O(voxels + the voxels of each class's box); one copy, none where there is no hole
 * Source: the rule of SciPy's `binary_fill_holes`, class by class
 */
export function fillHoles<T extends LabelArray>(
  labels: LabelMap<T>,
  { classIds }: { readonly classIds?: readonly number[] } = {},
): LabelMap<T> {
  const wanted = classIds && new Set(classIds);
  const classes = classBoxesOf(labels).filter(({ id }) => wanted?.has(id) ?? true);
  classes.sort((first, second) => volumeOfBox(first.box) - volumeOfBox(second.box));
  let filled = labels;
  for (const { id, box } of classes) {
    const holes = holesOf(filled, id, box);
    if (holes.length === 0) continue;
    if (filled === labels) filled = volumeOf(labels.data.slice() as T, labels);
    for (const { start, stop } of holes) filled.data.fill(id, start, stop);
  }
  return filled;
}

function volumeOfBox(box: Box): number {
  return voxelCountOf(shapeOfBox(box));
}

/** The classes of a label map, each with the box around it, by ascending id. */
function classBoxesOf({ data, shape }: LabelMap): { readonly id: number; readonly box: Box }[] {
  const { start, stop } = runsOf(data, shape);
  const groupOf = Uint32Array.from(start, (first) => data[first]);
  const groups = groupOf.reduce((largest, id) => Math.max(largest, id), 0) + 1;
  const boxes = boxesOf({ start, stop }, { groupOf, groups, shape });
  return [...new Set(groupOf)].sort((first, second) => first - second).map((id) => ({ id, box: boxes[id] }));
}

/** Runs of background voxels in the holes of one class. Beyond its box there is nothing it encloses. */
function holesOf({ data, shape }: LabelMap, id: number, box: Box): { start: number; stop: number }[] {
  const inner = shapeOfBox(box);
  const [depth, height, width] = inner;
  const indexOf = (row: number) =>
    ((box.start[0] + Math.floor(row / height)) * shape[1] + box.start[1] + (row % height)) * shape[2] + box.start[2];
  const others = new Uint8Array(voxelCountOf(inner));
  for (let row = 0, i = 0; row < depth * height; row++) {
    const from = indexOf(row);
    for (let w = 0; w < width; w++) others[i++] = data[from + w] === id ? 0 : 1;
  }
  const runs = componentRunsOf(others, inner, 6);
  const boxes = boxesOf(runs, { groupOf: runs.component, groups: runs.componentCount, shape: inner });
  const isHole = boxes.map(({ start, stop }) => start.every((low, axis) => low > 0 && stop[axis] < inner[axis]));
  const found: { start: number; stop: number }[] = [];
  for (let run = 0; run < runs.start.length; run++) {
    if (!isHole[runs.component[run]]) continue;
    const row = Math.floor(runs.start[run] / width);
    const shift = indexOf(row) - row * width;
    addBackground(found, data, { start: runs.start[run] + shift, stop: runs.stop[run] + shift });
  }
  return found;
}

/** Adds the stretches of background in a run that may hold other classes too. */
function addBackground(
  found: { start: number; stop: number }[],
  data: LabelArray,
  { start, stop }: { readonly start: number; readonly stop: number },
): void {
  for (let i = start; i < stop; i++) {
    if (data[i] !== 0) continue;
    const first = i;
    while (i < stop && data[i] === 0) i++;
    found.push({ start: first, stop: i });
  }
}
