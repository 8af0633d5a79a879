import { percentilesOf } from "../../kernels/percentiles.ts";
import { momentsOf } from "../../kernels/statistics.ts";
import { spacingMmOf, type Triple } from "../../volume/affine.ts";
import { isNamedError, type Problem } from "../../volume/errors.ts";
import { axisMovesBetween, orientationOf } from "../../volume/orientation.ts";
import { randomFrom } from "../../volume/random.ts";
import type { Warning } from "../../volume/scan.ts";
import type { LabelArray, VoxelArray } from "../../volume/volume.ts";
import { labelsOf } from "../dataset/labels-of.ts";
import { loadCase } from "../dataset/load-case.ts";
import type { LoadedCase, TrainingCase, TrainingDataset } from "../dataset/training-dataset.ts";
import { inOrder } from "../in-order.ts";

/** What a plan is made from: sizes, spacings, intensities and classes of all cases. */
export interface Fingerprint {
  /** Where most cases' axes point; shapes and spacings are in this order. */
  readonly orientation: string;
  readonly cases: readonly CaseFingerprint[];
  /** Of foreground voxels over all cases, by channel. */
  readonly intensities: readonly IntensityFingerprint[];
}

/** One case. */
export interface CaseFingerprint {
  readonly id: string;
  readonly shape: Triple;
  readonly spacingMm: Triple;
  /** Label values and how many voxels have each, in the order of the values. */
  readonly voxels: readonly (readonly [label: number, count: number])[];
  /** Share of voxels that are not 0 in the first channel. */
  readonly nonZero: number;
}

/** Foreground intensities of one channel. */
export interface IntensityFingerprint {
  readonly mean: number;
  readonly std: number;
  readonly percentile00_5: number;
  readonly percentile99_5: number;
}

/** Foreground voxels kept in all, as in nnU-Net. */
const MOST_SAMPLES = 10_000_000;

/** A case that cannot be used, and why. */
export interface BadCase {
  readonly id: string;
  readonly problem: Problem;
}

/** A data set after every case was read. */
export interface ExaminedDataset {
  /** Of the cases that can be used. */
  readonly fingerprint: Fingerprint;
  readonly bad: readonly BadCase[];
  readonly warnings: readonly Warning[];
}

/** Progress and a way to stop. */
export interface ExamineOptions {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads every training case once, measures it, and names those that cannot be used.
 *
 * Errors: the signal's reason; what is wrong with a case is in the result
 * Source: nnU-Net v2, DatasetFingerprintExtractor and verify_dataset_integrity
 */
export async function examineDataset(
  dataset: TrainingDataset,
  { onProgress, signal }: ExamineOptions = {},
): Promise<ExaminedDataset> {
  let done = 0;
  const perCase = Math.ceil(MOST_SAMPLES / dataset.training.length);
  const examined = await inOrder(
    dataset.training,
    async (each) => {
      signal?.throwIfAborted();
      const found = await measuredOrBad(each, { dataset, perCase, signal });
      onProgress?.(++done, dataset.training.length);
      return found;
    },
    { atOnce: 2 },
  );
  const measured = examined.filter((each) => "samples" in each);
  const bad = [...repeatedIds(dataset), ...examined.filter((each) => "problem" in each)];
  const orientation = mostFrequent(measured.map((each) => each.orientation));
  return {
    bad,
    warnings: measured.flatMap((each) => each.warnings),
    fingerprint: {
      orientation,
      cases: measured.map((each) => each.turnedTo(orientation)),
      intensities: dataset.channels.map((_, c) => intensityOf(measured.map(({ samples }) => samples[c]))),
    },
  };
}

async function measuredOrBad(
  trainingCase: TrainingCase,
  options: { dataset: TrainingDataset; perCase: number; signal: AbortSignal | undefined },
): Promise<MeasuredCase | BadCase> {
  try {
    return await measuredCase(trainingCase, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isNamedError(error)) return { id: trainingCase.id, problem: error.problem };
    throw error;
  }
}

/** Two cases of one name would lie on top of each other in every result. */
function repeatedIds({ training, path }: TrainingDataset): readonly BadCase[] {
  const seen = new Set<string>();
  return training.flatMap(({ id }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    const next = "Rename one of the two";
    return [
      { id, problem: { code: "T_CASE_NAME", where: path, expected: "a name of its own for each case", got: id, next } },
    ];
  });
}

interface MeasuredCase {
  readonly orientation: string;
  readonly turnedTo: (code: string) => CaseFingerprint;
  readonly samples: readonly Float32Array[];
  readonly warnings: readonly Warning[];
}

async function measuredCase(
  trainingCase: TrainingCase,
  { dataset, perCase, signal }: { dataset: TrainingDataset; perCase: number; signal: AbortSignal | undefined },
): Promise<MeasuredCase> {
  const loaded = await loadCase(dataset, trainingCase, { signal });
  const { id, channels } = loaded;
  const { data } = labelsOf(loaded);
  const voxels = countsOf(data);
  const [{ shape, indexToLps }] = channels;
  let nonZero = 0;
  for (const value of channels[0].data) if (value !== 0) nonZero++;
  const foreground = foregroundOf(data, { ignoreLabel: dataset.ignoreLabel, most: perCase, id });
  const orientation = orientationOf(indexToLps);
  const spacingMm = spacingMmOf(indexToLps);
  const isEmpty = foreground.length === 0;
  const share = nonZero / channels[0].data.length;
  return {
    warnings: isEmpty ? [{ code: "T_EMPTY", where: id, text: "no voxel of any class" }] : [],
    orientation,
    turnedTo: (code) => {
      const [d, h, w] = axisMovesBetween(orientation, code).sourceAxis;
      const inOrder = (triple: Triple): Triple => [triple[d], triple[h], triple[w]];
      return { id, shape: inOrder(shape), spacingMm: inOrder(spacingMm), voxels, nonZero: share };
    },
    samples: channels.map((channel: LoadedCase["channels"][number]) => picked(channel.data, foreground)),
  };
}

function countsOf(labels: LabelArray): CaseFingerprint["voxels"] {
  const counts = new Map<number, number>();
  for (const id of labels) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([first], [second]) => first - second);
}

/** Indices of foreground voxels; of many, an even draw. */
function foregroundOf(
  labels: LabelArray,
  { ignoreLabel, most, id }: { ignoreLabel: number | undefined; most: number; id: string },
): Uint32Array {
  const isForeground = (label: number) => label !== 0 && label !== ignoreLabel;
  let count = 0;
  for (const label of labels) if (isForeground(label)) count++;
  const random = randomFrom(`fingerprint ${id}`);
  const indices: number[] = [];
  for (let i = 0; i < labels.length; i++)
    if (isForeground(labels[i]) && (count <= most || random.uniform() < most / count)) indices.push(i);
  return Uint32Array.from(indices);
}

function picked(values: VoxelArray, indices: Uint32Array): Float32Array {
  return Float32Array.from(indices, (i) => values[i]);
}

function intensityOf(samples: readonly Float32Array[]): IntensityFingerprint {
  const all = new Float32Array(samples.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const each of samples) {
    all.set(each, offset);
    offset += each.length;
  }
  if (all.length === 0) return { mean: 0, std: 1, percentile00_5: 0, percentile99_5: 0 };
  const { mean, std } = momentsOf(all);
  const [lower, upper] = percentilesOf(all, [0.5, 99.5]);
  return { mean, std, percentile00_5: lower, percentile99_5: upper };
}

/** `LPS` for no words at all. */
function mostFrequent(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, first], [, second]) => second - first)[0]?.[0] ?? "LPS";
}
