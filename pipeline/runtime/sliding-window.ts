import type { Triple } from "../volume/affine.ts";
import { type LabelArray, voxelCountOf } from "../volume/volume.ts";
import { type AxisMap, axisMapOf } from "./axis-map.ts";
import { cutIntoBlocks, type ScoreBlock, scoreLengthOf } from "./blocks.ts";
import { labelRowWriter } from "./label-rows.ts";
import type { NetworkShape, OnProgress, Prediction, PredictRequest } from "./network.ts";
import { copyPatchInto, type Mirror, type PatchView } from "./patch-copy.ts";
import { type RollingFront, rollingFrontOf } from "./rolling-front.ts";
import { scoreRowsOf } from "./score-rows.ts";
import { planTiles, type TilePlan } from "./tile-plan.ts";

/** Default budget for the scores under the window. */
const SCORE_BYTES = 2 ** 30;

/** Runs the network on `count` patches: [N, C, D, H, W] -> [N, classes, D, H, W], N at least `count`. */
export type RunPatches = (patches: Float32Array, batch: { count: number; patch: Triple }) => Promise<Float32Array>;

/** What the window needs besides the image. */
export interface WindowMeans {
  readonly run: RunPatches;
  /** Patches that one run takes. */
  readonly batchSize: number;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Labels, with their probabilities where these were asked for. */
export type WindowResult = Pick<Prediction, "labels" | "probabilities">;

/**
 * Label map of an image through a network that sees one patch at a time.
 *
 * The window moves along D inside one block of H and W after another. Scores live only as long as a patch may still add
 * to them; then they are averaged, interpolated to the output's grid and decided: memory does not grow with D.
 *
 * Shape:  image [C, D, H, W] -> labels and probabilities of `outputShape`
 * Errors: ModelError M_NONFINITE; the signal's reason when aborted, after the patch in work
 * Source: Isensee 2021, doi:10.1038/s41592-020-01008-z; nnU-Net v2 nnUNetPredictor (Gaussian weights, scores before
 *         softmax averaged over patches and over mirrored views)
 */
export async function predictLabels(
  network: NetworkShape,
  request: PredictRequest,
  means: WindowMeans,
): Promise<WindowResult> {
  const job = jobOf(network, request);
  const progress = countedProgress(job, means.onProgress);
  for (const block of job.blocks) await runBlock(job, block, { ...means, progress });
  const { labels, probabilities } = job;
  return { labels, ...(probabilities === undefined ? {} : { probabilities }) };
}

/** Everything that is fixed before the first patch. */
interface Job {
  readonly network: NetworkShape;
  readonly image: Float32Array;
  readonly shape: Triple;
  readonly plan: TilePlan;
  readonly mirrors: readonly Mirror[];
  readonly maps: readonly [AxisMap, AxisMap, AxisMap];
  readonly blocks: readonly ScoreBlock[];
  readonly memory: Float32Array;
  readonly labels: LabelArray;
  readonly probabilities: Uint16Array | undefined;
}

function jobOf(network: NetworkShape, request: PredictRequest): Job {
  const { image, shape, outputShape = shape, interpolation = ["linear", "linear", "linear"] } = request;
  const { overlap = 0.5, mirrorAxes = [], scoreBytes = SCORE_BYTES, withProbabilities = false } = request;
  const { classIds } = network.output;
  const plan = planTiles(shape, { rule: network.patch, overlap });
  const map = (axis: number) => axisMapOf(shape[axis], { output: outputShape[axis], mode: interpolation[axis] });
  const maps = [map(0), map(1), map(2)] as const;
  const blocks = cutIntoBlocks(plan, { channels: classIds.length, mapH: maps[1], mapW: maps[2], scoreBytes });
  const memory = new Float32Array(scoreLengthOf(blocks, { patch: plan.patch, channels: classIds.length }));
  const LabelConstructor = Math.max(...classIds) > 255 ? Uint16Array : Uint8Array;
  const labels = new LabelConstructor(voxelCountOf(outputShape));
  const probabilities = withProbabilities ? new Uint16Array(labels.length) : undefined;
  return { network, image, shape, plan, mirrors: mirrorsOf(mirrorAxes), maps, blocks, memory, labels, probabilities };
}

async function runBlock(
  job: Job,
  block: ScoreBlock,
  { run, batchSize, signal, progress }: WindowMeans & { progress: (patches: number) => void },
): Promise<void> {
  const { network, image, shape, plan } = job;
  const { patch } = plan;
  const inputLength = network.inputChannels * voxelCountOf(patch);
  const outputLength = network.output.classIds.length * voxelCountOf(patch);
  const patches = new Float32Array(batchSize * inputLength);
  const front = frontOf(job, block);
  for (const views of inBatches(viewsOf(job, block), batchSize)) {
    signal.throwIfAborted();
    for (const [n, view] of views.entries())
      copyPatchInto(patches, { offset: n * inputLength, image, channels: network.inputChannels, shape, patch, view });
    const scores = await run(patches, { count: views.length, patch });
    for (const [n, view] of views.entries()) front.add(scores, view, n * outputLength);
    progress(views.length);
  }
  front.end();
}

function frontOf(job: Job, block: ScoreBlock): RollingFront {
  const { network, shape, plan, mirrors, maps, memory } = job;
  const { where, output } = network;
  const [mapD, mapH, mapW] = maps;
  const { fromH, toH, fromW, toW } = block.scores;
  const viewsPerPatch = mirrors.length;
  const rows = scoreRowsOf(memory, { where, plan, shape, block: block.scores, output, viewsPerPatch });
  const writeRow = labelRowWriter({ output, block: block.scores, outputBlock: block.output, mapH, mapW });
  const rowVoxels = (toH - fromH) * (toW - fromW);
  return rollingFrontOf(job, { rows, writeRow, mapD, depth: shape[0], patchDepth: plan.patch[0], rowVoxels });
}

function* viewsOf({ plan, mirrors }: Job, { startsH, startsW }: ScoreBlock): Generator<PatchView> {
  for (const d of plan.starts[0])
    for (const h of startsH) for (const w of startsW) for (const mirror of mirrors) yield { start: [d, h, w], mirror };
}

function* inBatches<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Every combination of the axes, none first. */
function mirrorsOf(axes: readonly number[]): readonly Mirror[] {
  return axes.reduce<readonly Mirror[]>(
    (mirrors, axis) => mirrors.flatMap((m): readonly Mirror[] => [m, flipped(m, axis)]),
    [[false, false, false]],
  );
}

function flipped([d, h, w]: Mirror, axis: number): Mirror {
  return [axis === 0 ? !d : d, axis === 1 ? !h : h, axis === 2 ? !w : w];
}

function countedProgress({ blocks, plan, mirrors }: Job, onProgress: OnProgress): (patches: number) => void {
  const perColumn = plan.starts[0].length * mirrors.length;
  const total = blocks.reduce((sum, { startsH, startsW }) => sum + perColumn * startsH.length * startsW.length, 0);
  let done = 0;
  onProgress(0, total);
  return (patches) => {
    done += patches;
    onProgress(done, total);
  };
}
