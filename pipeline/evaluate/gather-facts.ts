import { inParts, type Part } from "../kernels/parallel.ts";
import type { Triple } from "../volume/affine.ts";
import { shapeOfBox } from "../volume/box.ts";
import { voxelCountOf } from "../volume/volume.ts";
import type { RunsPair } from "./label-runs.ts";
import { type MaskPair, maskPairOf } from "./mask-pair.ts";
import type { Topology } from "./metrics/facts.ts";
import type { MetricNeed } from "./metrics/metric.ts";
import { compareTopology } from "./metrics/topology.ts";
import { assertSides, type SurfaceDistances, surfaceDistances, type Weighting } from "./surface/surface-distances.ts";

/** Something to find out of one class. */
interface FactTask {
  readonly classId: number;
  readonly masks: MaskPair;
  readonly kind: Fact["kind"];
}

/** What was found out of one class. */
type Fact =
  | { readonly kind: Weighting; readonly classId: number; readonly value: SurfaceDistances }
  | { readonly kind: "topology"; readonly classId: number; readonly value: Topology };

/** All that was found out of one class. */
export interface GatheredFacts {
  readonly voxels?: SurfaceDistances;
  readonly areas?: SurfaceDistances;
  readonly topology?: Topology;
}

/** What to gather. */
export interface GatherRequest {
  readonly classes: readonly number[];
  readonly needs: ReadonlySet<MetricNeed>;
  readonly spacingMm: Triple;
  readonly signal?: AbortSignal | undefined;
}

/** Fewer voxels than this in all boxes are measured sooner than threads are told about them. */
const SMALLEST_THREADED = 2 ** 20;

/** Memory that a task takes for each voxel of its box, at most, and that all threads may take together. */
const BYTES_PER_VOXEL = 8;
const MOST_BYTES = 2 ** 31;

/**
 * Gathers, on all cores, what metrics need beyond counts and lesions. Every class has to be in one of the label maps.
 *
 * Errors: ShapeError E_SIDE; the signal's reason
 */
export async function gatherFacts(
  pair: RunsPair,
  { classes, needs, spacingMm, signal }: GatherRequest,
): Promise<ReadonlyMap<number, GatheredFacts>> {
  const kinds = (["voxels", "areas", "topology"] as const).filter((kind) => needs.has(kind));
  const subjects =
    kinds.length === 0 ? [] : classes.map((classId) => ({ classId, masks: maskPairOf(pair, { classId, spacingMm }) }));
  if (kinds.length > 0) assertSides(pair.shape);
  // The largest first, so that no thread waits long for the last.
  const tasks = subjects
    .flatMap((subject): FactTask[] => kinds.map((kind) => ({ ...subject, kind })))
    .sort((first, second) => sizeOf(second) - sizeOf(first));
  const facts = await inParts(measureTasks, {
    module: import.meta.url,
    count: tasks.length,
    largest: 1,
    threaded: tasks.reduce((sum, task) => sum + sizeOf(task), 0) > SMALLEST_THREADED,
    mostThreads: tasks.length === 0 ? 1 : Math.max(1, Math.floor(MOST_BYTES / (BYTES_PER_VOXEL * sizeOf(tasks[0])))),
    jobOf: ({ start, stop }) => ({ job: tasks.slice(start, stop) }),
    signal,
  });
  const gathered = new Map<number, GatheredFacts>();
  for (const { classId, kind, value } of facts.flat())
    gathered.set(classId, { ...gathered.get(classId), [kind]: value });
  return gathered;
}

function sizeOf({ masks }: FactTask): number {
  return voxelCountOf(shapeOfBox(masks.box));
}

/** Runs the tasks of one part. Exported for the threads. */
export function measureTasks(tasks: readonly FactTask[], _part: Part): readonly Fact[] {
  return tasks.map(
    ({ classId, masks, kind }): Fact =>
      kind === "topology"
        ? { kind, classId, value: compareTopology(masks) }
        : { kind, classId, value: surfaceDistances(masks, kind) },
  );
}
