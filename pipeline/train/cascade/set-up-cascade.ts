import { mkdir } from "node:fs/promises";
import { ConfigError } from "../../volume/errors.ts";
import type { Warning } from "../../volume/scan.ts";
import { canonicalHash } from "../canonical-hash.ts";
import { findDataset } from "../dataset/find-dataset.ts";
import { chooseFolds, chooseSplit } from "../plan/choose-split.ts";
import type { Fingerprint } from "../plan/fingerprint.ts";
import { preflight } from "../plan/preflight.ts";
import { readRecord, readSplit, writeJson } from "../run-inputs.ts";
import { assertFree, type RunChoices } from "../set-up-run.ts";
import { usableCases } from "../usable-cases.ts";
import { CASCADE_VERSION, type CascadeConfig, readCascadeConfig } from "./cascade-config.ts";
import type { CascadeFolder } from "./cascade-folder.ts";
import { type CascadeInputs, planCascade } from "./plan-cascade.ts";

/** What a cascade is set up from. */
export type CascadeChoices = Omit<RunChoices, "config" | "plan" | "planOptions"> & { readonly config: CascadeConfig };

/**
 * Examines a data set, splits it, and writes what a cascade depends on into a new folder.
 *
 * Errors: as `setUpRun` and `planCascade`
 */
export async function setUpCascade(
  place: CascadeFolder,
  { config, ...choices }: CascadeChoices,
): Promise<CascadeInputs & { readonly warnings: readonly Warning[] }> {
  await assertFree(place.folder);
  const found = await findDataset(choices.dataset, { signal: choices.signal });
  const onProgress = (done: number, total: number) => choices.onProgress?.("examine", done, total);
  const { examined, dataset, warnings } = await usableCases(found, { ...choices, onProgress });
  const { fingerprint } = examined;
  const folds = chooseFolds(fingerprint, { ...choices, seed: config.seed });
  const split = chooseSplit(dataset, { folds, fold: choices.fold });
  const inputs = { dataset, fingerprint, config, split };
  const { coarse, ...planned } = planCascade(inputs);
  await writeCascade(place, inputs);
  const ahead = preflight({ plan: coarse.plan, fingerprint: planned.fingerprint, folds });
  return { ...inputs, warnings: [...warnings, ...ahead] };
}

/** Puts what a cascade depends on into its folder, from where `readCascade` takes it. */
export async function writeCascade(
  place: CascadeFolder,
  { config, split, fingerprint }: Omit<CascadeInputs, "dataset">,
): Promise<void> {
  await mkdir(place.folder, { recursive: true });
  await writeJson(place.fingerprint, fingerprint);
  await writeJson(place.run.split, split);
  await writeJson(place.config, { schema: `rarevox-cascade/${CASCADE_VERSION}`, ...config });
}

/**
 * What a folder says that a cascade is.
 *
 * Errors: ConfigError when a file is missing or wrong, T_RESUME when other settings are given; as `findDataset`
 */
export async function readCascade(
  place: CascadeFolder,
  { dataset, config: given }: { readonly dataset: string; readonly config: CascadeConfig | undefined },
): Promise<CascadeInputs> {
  const config = await readCascadeConfig(place.config);
  // The seed may have been given apart from the settings.
  const isSame = given === undefined || canonicalHash({ ...given, seed: config.seed }) === canonicalHash(config);
  if (!isSame) throw changedError(place);
  const split = await readSplit(place.run.split);
  const fingerprint = await readRecord<Fingerprint>(place.fingerprint);
  if (fingerprint === undefined) throw changedError(place);
  const usable = new Set(fingerprint.cases.map(({ id }) => id));
  const found = await findDataset(dataset);
  return {
    dataset: { ...found, training: found.training.filter(({ id }) => usable.has(id)) },
    fingerprint,
    config,
    split,
  };
}

function changedError({ folder, config }: CascadeFolder): ConfigError {
  return new ConfigError({
    code: "T_RESUME",
    where: folder,
    expected: `the settings of ${config}, and the files beside it`,
    got: "changed ones",
    next: "Pass --resume without settings, or start a new run",
  });
}
