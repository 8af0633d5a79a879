import type { Triple } from "../volume/affine.ts";
import type { LabelArray } from "../volume/volume.ts";
import { type Connectivity, eachTouchingPair, type Runs } from "./runs.ts";

/** The connected component that each run belongs to, counted from 0 in scanning order of their first voxels. */
export interface RunComponents {
  /** [runs] */
  readonly component: Uint32Array;
  readonly componentCount: number;
  /** The first run of each component. */
  readonly firstRun: Uint32Array;
}

/**
 * Joins touching runs of the same class; different classes never connect.
 *
 * Cost:   O(runs); memory 12 bytes a run
 * Source: He 2008, doi:10.1109/TIP.2008.919369 (runs), with union-find by path halving
 */
export function componentsOfRuns(
  runs: Runs,
  {
    data,
    shape,
    connectivity,
  }: { readonly data: LabelArray; readonly shape: Triple; readonly connectivity: Connectivity },
): RunComponents {
  const parent = new Uint32Array(runs.start.length);
  for (let run = 0; run < parent.length; run++) parent[run] = run;
  eachTouchingPair(runs, { shape, connectivity }, (run, earlier) => {
    if (data[runs.start[run]] === data[runs.start[earlier]]) join(parent, run, earlier);
  });
  return numbered(parent);
}

/** Joins two trees below the earlier root, so that a root is the first run of its component. */
function join(parent: Uint32Array, first: number, second: number): void {
  const [p, q] = [rootOf(parent, first), rootOf(parent, second)];
  if (p < q) parent[q] = p;
  else parent[p] = q;
}

function rootOf(parent: Uint32Array, run: number): number {
  let root = run;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}

/** Numbers the trees in order of their roots. A parent comes before its children, so one pass does. */
function numbered(parent: Uint32Array): RunComponents {
  const component = new Uint32Array(parent.length);
  const firstRun = parent.filter((root, run) => root === run);
  let componentCount = 0;
  for (let run = 0; run < parent.length; run++)
    component[run] = parent[run] === run ? componentCount++ : component[parent[run]];
  return { component, componentCount, firstRun };
}
