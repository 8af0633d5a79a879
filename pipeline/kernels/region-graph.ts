import type { Triple } from "../volume/affine.ts";
import type { LabelArray } from "../volume/volume.ts";
import { componentsOfRuns } from "./component-runs.ts";
import { eachTouchingPair, grown, type Runs, runsOf } from "./runs.ts";

/** Regions of equal ids joined by faces, background included, and which of them touch. */
export interface RegionGraph {
  readonly runs: Runs;
  /** Region of each run. */
  readonly regionOf: Uint32Array;
  /** Id of each region. */
  readonly ids: Uint16Array;
  /** 1 for regions on the volume's border; along an axis of one voxel nothing is. */
  readonly onBorder: Uint8Array;
  /** The neighbours of region n are `neighbours[first[n]]` up to, not including, `neighbours[first[n + 1]]`. */
  readonly first: Uint32Array;
  readonly neighbours: Uint32Array;
}

/** Slots that remember edges just seen, so that a long shared face is stored a few times instead of thousands. */
const RECENT_EDGES = 2 ** 12;

/**
 * The regions of a label map and their neighbours through faces.
 *
 * Cost: O(voxels) to find runs, O(runs) for the rest
 */
export function regionGraphOf(data: LabelArray, shape: Triple): RegionGraph {
  const runs = runsOf(data, shape, "include");
  const { component: regionOf, firstRun } = componentsOfRuns(runs, { data, shape, connectivity: 6 });
  const ids = Uint16Array.from(firstRun, (run) => data[runs.start[run]]);
  const edges = edgesOf(runs, regionOf, shape);
  return {
    runs,
    regionOf,
    ids,
    onBorder: bordersOf(runs, { regionOf, regions: ids.length, shape }),
    ...listsOf(edges, ids.length),
  };
}

/** Pairs of touching regions one after another, some repeatedly. */
function edgesOf(runs: Runs, regionOf: Uint32Array, shape: Triple): Uint32Array {
  let edges = new Uint32Array(1024);
  let count = 0;
  const recent = new Uint32Array(2 * RECENT_EDGES);
  const add = (run: number, earlier: number) => {
    const from = regionOf[run];
    const to = regionOf[earlier];
    const slot = 2 * ((from * 31 + to) & (RECENT_EDGES - 1));
    if (from === to || (recent[slot] === from && recent[slot + 1] === to)) return;
    recent[slot] = from;
    recent[slot + 1] = to;
    if (count === edges.length) edges = grown(edges);
    edges[count++] = from;
    edges[count++] = to;
  };
  eachTouchingPair(runs, { shape, connectivity: 6 }, add);
  // The background is included, so runs that follow each other in a row touch.
  for (let run = 1; run < regionOf.length; run++) if (runs.start[run] % shape[2] !== 0) add(run, run - 1);
  return edges.subarray(0, count);
}

interface Regions {
  readonly regionOf: Uint32Array;
  readonly regions: number;
  readonly shape: Triple;
}

/** Marks the regions with a voxel on the volume's border. */
function bordersOf({ start, stop }: Runs, { regionOf, regions, shape: [depth, height, width] }: Regions): Uint8Array {
  const onBorder = new Uint8Array(regions);
  const isEnd = (index: number, side: number) => side > 1 && (index === 0 || index === side - 1);
  for (let run = 0; run < start.length; run++) {
    const row = Math.floor(start[run] / width);
    const isEndOfRow = width > 1 && (start[run] === row * width || stop[run] === (row + 1) * width);
    if (isEndOfRow || isEnd(row % height, height) || isEnd(Math.floor(row / height), depth))
      onBorder[regionOf[run]] = 1;
  }
  return onBorder;
}

/** The edges as one list of neighbours for each region. */
function listsOf(edges: Uint32Array, regions: number): Pick<RegionGraph, "first" | "neighbours"> {
  const first = new Uint32Array(regions + 1);
  for (const region of edges) first[region + 1]++;
  for (let n = 0; n < regions; n++) first[n + 1] += first[n];
  const next = first.slice();
  const neighbours = new Uint32Array(edges.length);
  for (let e = 0; e < edges.length; e++) neighbours[next[edges[e]]++] = edges[e ^ 1];
  return { first, neighbours };
}
