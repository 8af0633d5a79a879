import { mkdir, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { findDataset } from "./dataset/find-dataset.ts";
import type { TrainingDataset } from "./dataset/training-dataset.ts";
import { chooseFolds, chooseSplit, type FoldChoices } from "./plan/choose-split.ts";
import { makePlan } from "./plan/make-plan.ts";
import { readPlan, writePlan } from "./plan/plan-file.ts";
import type { PlanOptions } from "./plan/plan-options.ts";
import { assertPlanFits } from "./plan/plan-rules.ts";
import { preflight } from "./plan/preflight.ts";
import type { TrainingPlan } from "./plan-schema.ts";
import type { RunFolder } from "./run-folder.ts";
import { readSplit, type Split, writeJson } from "./run-inputs.ts";
import { readTrainingConfig, TRAINING_VERSION, type TrainingConfig } from "./training-config.ts";
import { usableCases } from "./usable-cases.ts";

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
  readonly foldCount: FoldChoices["foldCount"];
  readonly folds: FoldChoices["folds"];
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
  const onProgress = (done: number, total: number) => choices.onProgress?.("examine", done, total);
  const { examined, dataset, warnings } = await usableCases(found, { ...choices, onProgress });
  const { network } = choices.config;
  const plan =
    choices.plan === undefined
      ? makePlan(examined.fingerprint, dataset, { ...choices.planOptions, network })
      : await readPlan(choices.plan);
  assertPlanFits(plan, dataset, choices.plan ?? "plan");
  const folds = chooseFolds(examined.fingerprint, { ...choices, seed: choices.config.seed });
  const split = chooseSplit(dataset, { folds, fold: choices.fold });
  await writeRun(place, { config: choices.config, plan, split });
  const { fingerprint } = examined;
  const ahead = preflight({ plan, fingerprint, folds });
  return { dataset, config: choices.config, plan, split, warnings: [...warnings, ...ahead] };
}

/** Puts settings, plan and split into a run's folder, from where `readRun` takes them. */
export async function writeRun(place: RunFolder, { config, plan, split }: Omit<RunInputs, "dataset">): Promise<void> {
  await mkdir(dirname(place.last), { recursive: true });
  await writeJson(place.config, { schema: `rarevox-training/${TRAINING_VERSION}`, ...config });
  await writePlan(place.plan, plan);
  await writeJson(place.split, split);
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

/** Refuses a folder that has files in it. Errors: ConfigError T_RUN */
export async function assertFree(folder: string): Promise<void> {
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
