import { percentilesOf } from "../../kernels/percentiles.ts";
import { momentsOf } from "../../kernels/statistics.ts";
import { isNamedError, type Problem } from "../../volume/errors.ts";
import type { Warning } from "../../volume/scan.ts";
import type { TrainingCase, TrainingDataset } from "../dataset/training-dataset.ts";
import { inOrder } from "../in-order.ts";
import { type CaseFingerprint, type MeasuredCase, type MeasureOptions, measuredCase } from "./case-fingerprint.ts";

/** What a plan is made from: sizes, spacings, intensities and classes of all cases. */
export interface Fingerprint {
  /** Where most cases' axes point; shapes and spacings are in this order. */
  readonly orientation: string;
  readonly cases: readonly CaseFingerprint[];
  /** Of foreground voxels by channel; every case weighs the same, however large its foreground. */
  readonly intensities: readonly IntensityFingerprint[];
}

/** Foreground intensities of one channel. */
export interface IntensityFingerprint {
  readonly mean: number;
  readonly std: number;
  readonly percentile00_5: number;
  readonly percentile99_5: number;
}

/** Foreground voxels that are looked at in all and of each case; nnU-Net draws 100,000,000. */
const MOST_SAMPLES = 5_000_000;
const MOST_SAMPLES_PER_CASE = 100_000;

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
  const samplesPerCase = Math.min(MOST_SAMPLES_PER_CASE, Math.ceil(MOST_SAMPLES / dataset.training.length));
  const examined = await inOrder(
    dataset.training,
    async (each) => {
      signal?.throwIfAborted();
      const found = await measuredOrBad(each, { dataset, samplesPerCase, signal });
      onProgress?.(++done, dataset.training.length);
      return found;
    },
    { atOnce: 2 },
  );
  const bad = [...repeatedIds(dataset), ...examined.filter((each) => "problem" in each)];
  const refused = new Set(bad.map(({ id }) => id));
  const usable = examined.filter((_, n) => !refused.has(dataset.training[n].id));
  const measured = usable.filter((each) => "samples" in each);
  const orientation = mostFrequent(measured.map((each) => each.orientation));
  return {
    bad,
    warnings: [...oncePerCode(measured.flatMap((each) => each.read)), ...measured.flatMap((each) => each.warnings)],
    fingerprint: {
      orientation,
      cases: measured.map((each) => each.turnedTo(orientation)),
      intensities: dataset.channels.map((_, c) => intensityOf(measured.map(({ samples }) => samples[c]))),
    },
  };
}

async function measuredOrBad(trainingCase: TrainingCase, options: MeasureOptions): Promise<MeasuredCase | BadCase> {
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

/** What is odd about one file of a data set is often so about all: the first of each kind, and how many there are. */
function oncePerCode(warnings: readonly Warning[]): readonly Warning[] {
  const byCode = new Map<string, Warning[]>();
  for (const warning of warnings) byCode.set(warning.code, [...(byCode.get(warning.code) ?? []), warning]);
  return [...byCode.values()].map(([first, ...others]) =>
    others.length === 0 ? first : { ...first, text: `${first.text} (and ${others.length} more like it)` },
  );
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
