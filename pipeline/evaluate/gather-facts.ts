import { inParts, type Part } from "../kernels/parallel.ts";
import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox } from "../volume/box.ts";
import { type LabelArray, voxelCountOf } from "../volume/volume.ts";
import type { LesionFacts, Topology } from "./metrics/facts.ts";
import { compareLesions } from "./metrics/lesions.ts";
import type { MetricNeed } from "./metrics/metric.ts";
import { compareTopology } from "./metrics/topology.ts";
import type { LabelPair } from "./surface/boundary.ts";
import { type DirectedDistances, directedDistances } from "./surface/surface-distances.ts";

/** Something to find out of one class. */
interface FactTask {
  readonly classId: number;
  readonly box: Box;
  readonly kind: Fact["kind"];
}

/** What was found out of one class. */
type Fact =
  | { readonly kind: "fromPrediction" | "fromReference"; readonly classId: number; readonly value: DirectedDistances }
  | { readonly kind: "lesions"; readonly classId: number; readonly value: LesionFacts }
  | { readonly kind: "topology"; readonly classId: number; readonly value: Topology };

/** All that was found out of one class. */
export interface GatheredFacts {
  readonly fromPrediction?: DirectedDistances;
  readonly fromReference?: DirectedDistances;
  readonly lesions?: LesionFacts;
  readonly topology?: Topology;
}

/** What to gather. */
export interface GatherRequest {
  readonly classes: readonly { readonly classId: number; readonly box: Box }[];
  readonly needs: ReadonlySet<MetricNeed>;
  readonly spacingMm: Triple;
  readonly signal?: AbortSignal | undefined;
}

interface FactJob {
  readonly pair: LabelPair;
  readonly spacingMm: Triple;
  readonly tasks: readonly FactTask[];
}

/** Fewer voxels than this in all boxes are measured sooner than threads are told about them. */
const SMALLEST_THREADED = 2 ** 18;

/** Gathers what metrics need beyond voxel counts, on all cores. */
export async function gatherFacts(
  pair: LabelPair,
  { classes, needs, spacingMm, signal }: GatherRequest,
): Promise<ReadonlyMap<number, GatheredFacts>> {
  const voxelsOf = ({ box }: { readonly box: Box }) => voxelCountOf(shapeOfBox(box));
  // The largest first, so that no thread waits long for the last.
  const tasks = classes.flatMap((each) => tasksOf(each, needs)).sort((a, b) => voxelsOf(b) - voxelsOf(a));
  const threaded = tasks.reduce((sum, task) => sum + voxelsOf(task), 0) > SMALLEST_THREADED;
  const readable = threaded ? sharedPair(pair) : pair;
  const facts = await inParts(measureTasks, {
    module: import.meta.url,
    count: tasks.length,
    threaded,
    jobOf: () => ({ job: { pair: readable, spacingMm, tasks } }),
    signal,
  });
  const gathered = new Map<number, GatheredFacts>();
  for (const { classId, kind, value } of facts.flat())
    gathered.set(classId, { ...gathered.get(classId), [kind]: value });
  return gathered;
}

function tasksOf(subject: { readonly classId: number; readonly box: Box }, needs: ReadonlySet<MetricNeed>): FactTask[] {
  const tasks: FactTask[] = [];
  if (needs.has("surface"))
    for (const kind of ["fromPrediction", "fromReference"] as const) tasks.push({ ...subject, kind });
  if (needs.has("lesions")) tasks.push({ ...subject, kind: "lesions" });
  if (needs.has("topology")) tasks.push({ ...subject, kind: "topology" });
  return tasks;
}

/** Runs some of the tasks. Exported for the threads. */
export function measureTasks({ pair, spacingMm, tasks }: FactJob, { start, stop }: Part): readonly Fact[] {
  return tasks.slice(start, stop).map(({ kind, ...subject }): Fact => {
    const { classId } = subject;
    if (kind === "lesions") return { kind, classId, value: compareLesions(pair, subject) };
    if (kind === "topology") return { kind, classId, value: compareTopology(pair, subject) };
    return { kind, classId, value: directedDistances(pair, { ...subject, spacingMm, from: kind }) };
  });
}

function sharedPair({ prediction, reference, shape }: LabelPair): LabelPair {
  return { prediction: shared(prediction), reference: shared(reference), shape };
}

function shared(labels: LabelArray): LabelArray {
  if (labels.buffer instanceof SharedArrayBuffer) return labels;
  const copy = new SharedArrayBuffer(labels.byteLength);
  const array = labels instanceof Uint8Array ? new Uint8Array(copy) : new Uint16Array(copy);
  array.set(labels);
  return array;
}
