import { boxesOf, type Runs, runsOf } from "../kernels/runs.ts";
import type { Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import type { LabelArray } from "../volume/volume.ts";

/** A label map as runs of equal ids along W, background left out. */
export interface LabelRuns {
  readonly data: LabelArray;
  readonly runs: Runs;
  /** Of each run. */
  readonly ids: Uint16Array;
}

/** Two label maps on one grid. */
export interface RunsPair {
  readonly prediction: LabelRuns;
  readonly reference: LabelRuns;
  /** [D, H, W] */
  readonly shape: Triple;
}

/** The runs of a label map. */
export function labelRunsOf(data: LabelArray, shape: Triple): LabelRuns {
  const runs = runsOf(data, shape, "skip");
  const ids = new Uint16Array(runs.start.length);
  for (let run = 0; run < ids.length; run++) ids[run] = data[runs.start[run]];
  return { data, runs, ids };
}

/** How many voxels a class has, and the box around them. */
export interface ClassExtent {
  readonly voxels: number;
  readonly box: Box;
}

/** Size and box of every class, ascending by id. */
export function classExtentsOf({ runs, ids }: LabelRuns, shape: Triple): ReadonlyMap<number, ClassExtent> {
  const present = [...new Set(ids)].sort((first, second) => first - second);
  const groupOfId = new Uint32Array(present.length === 0 ? 0 : present[present.length - 1] + 1);
  for (const [group, id] of present.entries()) groupOfId[id] = group;
  const groupOf = new Uint32Array(ids.length);
  const voxels = new Float64Array(present.length);
  for (let run = 0; run < ids.length; run++) {
    groupOf[run] = groupOfId[ids[run]];
    voxels[groupOf[run]] += runs.stop[run] - runs.start[run];
  }
  const boxes = boxesOf(runs, { groupOf, groups: present.length, shape });
  return new Map(present.map((id, group) => [id, { voxels: voxels[group], box: boxes[group] }]));
}
