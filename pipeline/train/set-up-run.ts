import { mkdir, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError, FormatError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { findDataset } from "./dataset/find-dataset.ts";
import type { TrainingDataset } from "./dataset/training-dataset.ts";
import { type BadCase, type ExaminedDataset, examineDataset } from "./plan/fingerprint.ts";
import { type Folds, nnunetFolds, patientCount, stratifiedFolds } from "./plan/folds.ts";
import { makePlan, type PlanOptions } from "./plan/make-plan.ts";
import { readPlan, writePlan } from "./plan/plan-file.ts";
import { assertPlanFits } from "./plan/plan-rules.ts";
import { preflight } from "./plan/preflight.ts";
import type { TrainingPlan } from "./plan-schema.ts";
import type { RunFolder } from "./run-folder.ts";
import { readSplit, type Split, writeJson } from "./run-inputs.ts";
import { readTrainingConfig, TRAINING_VERSION, type TrainingConfig } from "./training-config.ts";

/** What a run is set up from. */
export interface RunChoices {
  /** Folder or list of the data set. */
  readonly dataset: string;
  readonly config: TrainingConfig;
  /** File of a plan to take instead of making one. */
  readonly plan?: string | undefined;
  readonly planOptions?: PlanOptions | undefined;
  /** Fold that is held out, or `all` to train on every case. */
  readonly fold: number | "all";
  readonly foldCount: number;
  /** `stratified` by the classes present, or exactly the five of nnU-Net. */
  readonly folds: "stratified" | "nnunet";
  readonly skipBadCases: boolean;
  readonly onProgress?: ((stage: "examine", done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** All that a run's result depends on, as it lies in its folder. */
export interface RunInputs {
  readonly dataset: TrainingDataset;
  readonly config: TrainingConfig;
  readonly plan: TrainingPlan;
  readonly split: Split;
}

/**
 * Examines a data set, plans, splits, and writes all of it into a new run folder.
 *
 * Errors: ConfigError T_RUN when the folder has files in it, T_FOLD for a fold that there is not; FormatError T_BAD_CASES
 *         when cases cannot be used and `skipBadCases` is not set; as `findDataset` and `readPlan`; the signal's reason
 */
export async function setUpRun(
  place: RunFolder,
  choices: RunChoices,
): Promise<RunInputs & { readonly warnings: readonly Warning[] }> {
  await assertFree(place.folder);
  const found = await findDataset(choices.dataset, { signal: choices.signal });
  const { examined, dataset, warnings } = await usableCases(found, choices);
  const plan =
    choices.plan === undefined
      ? makePlan(examined.fingerprint, dataset, choices.planOptions)
      : await readPlan(choices.plan);
  assertPlanFits(plan, dataset, choices.plan ?? "plan");
  const folds = foldsOf(examined, choices);
  const split = splitOf(dataset, folds, choices);
  await mkdir(dirname(place.last), { recursive: true });
  await writeJson(place.config, { schema: `rarevox-training/${TRAINING_VERSION}`, ...choices.config });
  await writePlan(place.plan, plan);
  await writeJson(place.split, split);
  const { fingerprint } = examined;
  const ahead = preflight({ plan, fingerprint, folds });
  return { dataset, config: choices.config, plan, split, warnings: [...warnings, ...ahead] };
}

/**
 * What a run folder says that a run is.
 *
 * Errors: ConfigError when a file is missing or wrong; as `findDataset`
 */
export async function readRun(place: RunFolder, dataset: string): Promise<RunInputs> {
  const found = await findDataset(dataset);
  const config = await readTrainingConfig(place.config);
  const plan = await readPlan(place.plan);
  assertPlanFits(plan, found, place.plan);
  return { dataset: found, config, plan, split: await readSplit(place.split) };
}

async function assertFree(folder: string): Promise<void> {
  const found = await readdir(folder).catch(() => []);
  if (found.length === 0) return;
  throw new ConfigError({
    code: "T_RUN",
    where: folder,
    expected: "a new or empty folder for a run",
    got: `${found.length} files`,
    next: "Pass --resume to go on with the run in it, or choose another folder",
  });
}

async function usableCases(
  found: TrainingDataset,
  { skipBadCases, onProgress, signal }: RunChoices,
): Promise<{ examined: ExaminedDataset; dataset: TrainingDataset; warnings: readonly Warning[] }> {
  const progress = (done: number, total: number) => onProgress?.("examine", done, total);
  const examined = await examineDataset(found, { onProgress: progress, signal });
  const { bad } = examined;
  if (bad.length > 0 && !skipBadCases) throw badCasesError(found, bad);
  const refused = new Set(bad.map(({ id }) => id));
  const training = found.training.filter(({ id }) => !refused.has(id));
  if (training.length < 2) throw badCasesError(found, bad);
  const skipped = bad.map(({ id, problem }) => ({
    code: problem.code,
    where: id,
    text: `left out: expected ${problem.expected}, got ${problem.got}`,
  }));
  return { examined, dataset: { ...found, training }, warnings: [...examined.warnings, ...skipped] };
}

/** Problems that one message has room for. */
const MOST_NAMED = 20;

function badCasesError({ path, training }: TrainingDataset, bad: readonly BadCase[]): FormatError {
  const named = bad
    .slice(0, MOST_NAMED)
    .map(
      ({ id, problem }) => `${id} (${problem.code} ${problem.where}: expected ${problem.expected}, got ${problem.got})`,
    );
  const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : "";
  return new FormatError({
    code: "T_BAD_CASES",
    where: path,
    expected: "at least two cases, all of them usable",
    got: `${bad.length} of ${training.length} that are not: ${named.join("; ")}${more}`,
    next: "Repair them, or pass --skip-bad-cases to train without them",
  });
}

function foldsOf({ fingerprint }: ExaminedDataset, { folds, foldCount, config }: RunChoices): Folds {
  if (folds === "nnunet") return nnunetFolds(fingerprint.cases.map(({ id }) => id));
  const cases = fingerprint.cases.map(({ id, patient, voxels }) => ({
    id,
    patient,
    classIds: voxels.map(([label]) => label).filter((label) => label !== 0),
  }));
  return stratifiedFolds(cases, { count: Math.min(foldCount, patientCount(cases)), seed: config.seed });
}

function splitOf({ training, path }: TrainingDataset, folds: Folds, { fold }: RunChoices): Split {
  const ids = training.map(({ id }) => id).sort();
  if (fold === "all") return { training: ids, validation: [] };
  if (!Number.isInteger(fold) || fold < 0 || fold >= folds.length)
    throw new ConfigError({
      code: "T_FOLD",
      where: path,
      expected: `a fold from 0 to ${folds.length - 1}, or all`,
      got: `${fold}`,
      next: "Choose one of them",
    });
  const held = new Set(folds[fold]);
  const kept = ids.filter((id) => !held.has(id));
  if (kept.length === 0) throw onePatientError(path);
  return { training: kept, validation: [...folds[fold]] };
}

function onePatientError(where: string): ConfigError {
  return new ConfigError({
    code: "T_FOLD",
    where,
    expected: "cases of at least two patients, to learn from one and be judged by another",
    got: "all of one",
    next: "Pass --fold all to train on every case",
  });
}
