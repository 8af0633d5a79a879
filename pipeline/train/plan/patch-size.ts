import type { Triple } from "../../volume/affine.ts";
import { medianOf } from "./target-spacing.ts";
import { type Topology, topologyFor, tripleOf } from "./topology.ts";

/** A CPU gains nothing from more patches per step than this; more steps do more. */
const MOST_PATCHES = 4;

/** As long as a plan's patch may be. */
const LONGEST_SIDE = 4096;

/** No step may see more than this share of all voxels. Source: nnU-Net v2 */
const LARGEST_SHARE = 0.05;

/** What a patch has to fit. */
export interface PatchTask {
  /** [D, H, W] of every case at the target spacing. */
  readonly shapes: readonly Triple[];
  readonly spacingMm: Triple;
  readonly dimensions: 2 | 3;
  /** See `PlanOptions`. */
  readonly voxelsPerStep: number;
  readonly fitSides?: ((sides: readonly number[]) => readonly number[]) | undefined;
}

/**
 * The largest patch that fits twice into a step, cut from the side that covers most of its axis first, and how many of it a
 * step takes.
 *
 * Source: nnU-Net v2, get_plans_for_configuration
 */
export function patchAndBatch({ shapes, spacingMm, dimensions, voxelsPerStep, fitSides }: PatchTask): {
  readonly topology: Topology;
  readonly batch: number;
} {
  const median = tripleOf([0, 1, 2].map((axis) => Math.round(medianOf(shapes.map((shape) => shape[axis])))));
  const whole: Triple = [dimensions === 2 ? 1 : median[0], median[1], median[2]];
  const budget = voxelsPerStep / 2;
  let topology = topologyFor(startingPatch(whole, spacingMm, budget), spacingMm);
  while (voxelsOf(topology.patch) > budget) {
    const smaller = smallerTopology(topology, { whole, spacingMm });
    if (smaller === undefined) break;
    topology = smaller;
  }
  if (fitSides !== undefined) topology = topologyFor(fitted(topology.patch, { dimensions, fitSides }), spacingMm);
  const voxels = voxelsOf(topology.patch);
  const share = (LARGEST_SHARE * shapes.reduce((sum, shape) => sum + voxelsOf(shape), 0)) / voxels;
  const most = dimensions === 2 ? 4 * MOST_PATCHES : MOST_PATCHES;
  const batch = Math.max(2, Math.min(Math.floor(voxelsPerStep / voxels), Math.round(share), most));
  return { topology, batch };
}

function fitted(
  patch: Triple,
  { dimensions, fitSides }: { readonly dimensions: 2 | 3; readonly fitSides: NonNullable<PatchTask["fitSides"]> },
): Triple {
  const own = fitSides(patch.slice(3 - dimensions));
  return tripleOf([...patch.slice(0, 3 - dimensions), ...own]);
}

/** A cube in millimetres, four times as many voxels as will fit, or the whole median case where that is smaller. */
function startingPatch(whole: Triple, spacingMm: Triple, budget: number): Triple {
  const axes = [0, 1, 2].filter((axis) => whole[axis] > 1);
  const root = (value: number) => value ** (1 / Math.max(1, axes.length));
  const mean = root(axes.reduce((product, axis) => product * spacingMm[axis], 1));
  const side = root(4 * budget);
  const within = (most: number, wanted: number) => Math.min(most, LONGEST_SIDE, Math.max(1, Math.round(wanted)));
  return tripleOf(whole.map((most, axis) => within(most, (side * mean) / spacingMm[axis])));
}

/**
 * The side that covers most of its axis, the last of several, cut by one step; none when no side can be cut.
 *
 * A step of the patch as it is may be a large one, 64 voxels of 256; after the cut a smaller one may do, so that 224 is not
 * left out.
 */
function smallerTopology(
  { patch, step }: Topology,
  { whole, spacingMm }: { readonly whole: Triple; readonly spacingMm: Triple },
): Topology | undefined {
  const axes = [0, 1, 2]
    .filter((axis) => patch[axis] > step[axis])
    .sort((first, second) => patch[second] / whole[second] - patch[first] / whole[first] || second - first);
  const cut = (axis: number, by: number) => topologyFor(tripleOf(patch.with(axis, patch[axis] - by)), spacingMm);
  return axes
    .flatMap((axis) => {
      const most = cut(axis, step[axis]);
      return [cut(axis, most.step[axis]), most];
    })
    .find((topology) => voxelsOf(topology.patch) < voxelsOf(patch));
}

function voxelsOf([d, h, w]: Triple): number {
  return d * h * w;
}
