import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { canonicalHash } from "../train/canonical-hash.ts";
import { fileStamps } from "../train/dataset/file-stamps.ts";
import { findDataset } from "../train/dataset/find-dataset.ts";
import type { TrainingDataset } from "../train/dataset/training-dataset.ts";
import { evenly } from "../train/evenly.ts";
import { chooseFolds } from "../train/plan/choose-split.ts";
import type { ExaminedDataset, Fingerprint } from "../train/plan/fingerprint.ts";
import type { Folds } from "../train/plan/folds.ts";
import { leaks } from "../train/plan/leaks.ts";
import { writeJson } from "../train/run-inputs.ts";
import { usableCases } from "../train/usable-cases.ts";
import type { Warning } from "../volume/scan.ts";
import { readRecord } from "./cell-folder.ts";
import type { SpecDataset } from "./spec-schema.ts";

/** A data set of a benchmark, examined and split once for all methods. */
export interface StudiedDataset {
  readonly spec: SpecDataset;
  /** The cases that take part. */
  readonly dataset: TrainingDataset;
  readonly fingerprint: Fingerprint;
  readonly folds: Folds;
  /** What was odd about its files, and what its folds give away. */
  readonly warnings: readonly Warning[];
  /** Of voxels, labels and what they mean; not of names or places of files. */
  readonly hash: string;
}

/** Where a data set lies, and where what is known of it is kept. */
export interface StudyOptions {
  readonly path: string;
  /** Folder of the benchmark. */
  readonly out: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Raised whenever examining the same files would find something else. */
const STUDY_VERSION = 1;

/** Of the folds; the same for every seed of the training. */
const SPLIT_SEED = 1;

/**
 * Examines a data set, or remembers what was found while its files stay the same, and splits it.
 *
 * Errors: as `findDataset`, `usableCases` and `chooseFolds`
 */
export async function studyDataset(spec: SpecDataset, options: StudyOptions): Promise<StudiedDataset> {
  const found = await findDataset(options.path, { signal: options.signal });
  const sorted = found.training.toSorted((first, second) => (first.id < second.id ? -1 : 1));
  const chosen = { ...found, training: evenly(sorted, spec.cases ?? sorted.length) };
  const { fingerprint, warnings } = await examined(chosen, spec, options);
  const usable = new Set(fingerprint.cases.map(({ id }) => id));
  const dataset = { ...chosen, training: chosen.training.filter(({ id }) => usable.has(id)) };
  const { split = "stratified", foldCount = 5 } = spec;
  const folds = chooseFolds(fingerprint, { folds: split, foldCount, seed: SPLIT_SEED });
  const told = [...warnings, ...leaks(fingerprint, folds)];
  return { spec, dataset, fingerprint, folds, warnings: told, hash: contentHash(dataset, fingerprint) };
}

type Findings = Pick<ExaminedDataset, "fingerprint" | "warnings">;

async function examined(
  dataset: TrainingDataset,
  { name, skipBadCases = false }: SpecDataset,
  { out, onProgress, signal }: StudyOptions,
): Promise<Findings> {
  const { channels, classes, regions, ignoreLabel, training } = dataset;
  const files = await Promise.all(training.map(async (each) => [each.id, each.patient, await fileStamps(each)]));
  const key = canonicalHash({ version: STUDY_VERSION, channels, classes, regions, ignoreLabel, files, skipBadCases });
  const path = join(out, "datasets", `${name}.json`);
  const known = await readRecord<Findings & { readonly key: string }>(path);
  if (known?.key === key) return known;
  const { examined, warnings } = await usableCases(dataset, { skipBadCases, onProgress, signal });
  const { fingerprint } = examined;
  await mkdir(join(out, "datasets"), { recursive: true });
  await writeJson(path, { key, fingerprint, warnings });
  return { fingerprint, warnings };
}

function contentHash({ channels, classes, regions, ignoreLabel }: TrainingDataset, fingerprint: Fingerprint): string {
  return canonicalHash({
    channels,
    classes: classes.map(({ id, name }) => ({ id, name })),
    regions,
    ignoreLabel,
    fingerprint,
  });
}
