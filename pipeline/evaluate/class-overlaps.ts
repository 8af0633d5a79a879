import { eachSharedStretch } from "../kernels/runs.ts";
import { type Box, unionOf } from "../volume/box.ts";
import { type ClassExtent, classExtentsOf, type RunsPair } from "./label-runs.ts";

/** Voxels of one class in two label maps, and the box around all of them. */
export interface ClassOverlap {
  readonly prediction: number;
  readonly reference: number;
  readonly both: number;
  readonly box: Box;
  /** Around the reference's alone. */
  readonly referenceBox: Box;
}

/**
 * Counts every class that occurs in either of two label maps, background left out.
 *
 * Cost:   O(runs), one pass for all classes
 */
export function classOverlaps({ prediction, reference, shape }: RunsPair): ReadonlyMap<number, ClassOverlap> {
  const found = classExtentsOf(prediction, shape);
  const wanted = classExtentsOf(reference, shape);
  const both = new Map<number, number>();
  eachSharedStretch(prediction.runs, reference.runs, (run, other, voxels) => {
    const id = prediction.ids[run];
    if (id === reference.ids[other]) both.set(id, (both.get(id) ?? 0) + voxels);
  });
  const ids = [...new Set([...found.keys(), ...wanted.keys()])].sort((first, second) => first - second);
  return new Map(ids.map((id) => [id, overlapOf(found.get(id), wanted.get(id), both.get(id))]));
}

const none: ClassExtent = { voxels: 0, box: { start: [0, 0, 0], stop: [0, 0, 0] } };

function overlapOf(found = none, wanted = none, both = 0): ClassOverlap {
  return {
    prediction: found.voxels,
    reference: wanted.voxels,
    both,
    box: unionOf(found.box, wanted.box),
    referenceBox: wanted.box,
  };
}

/** What is known of a class that is in neither label map. */
export const nowhere: ClassOverlap = overlapOf();
