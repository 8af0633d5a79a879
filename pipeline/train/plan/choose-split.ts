import { ConfigError } from "../../volume/errors.ts";
import type { TrainingDataset } from "../dataset/training-dataset.ts";
import type { Split } from "../run-inputs.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { type Folds, nnunetFolds, patientCount, stratifiedFolds } from "./folds.ts";

/** How cases are split into folds. */
export interface FoldChoices {
  /** `stratified` by the classes present, or as nnU-Net draws its five. */
  readonly folds: "stratified" | "nnunet";
  readonly foldCount: number;
  readonly seed: number;
}

/** The folds of a data set's cases. Errors: as `nnunetFolds` */
export function chooseFolds({ cases }: Pick<Fingerprint, "cases">, { folds, foldCount, seed }: FoldChoices): Folds {
  if (folds === "nnunet")
    return nnunetFolds(
      cases.map(({ id }) => id),
      foldCount,
    );
  const ofClasses = cases.map(({ id, patient, voxels }) => ({
    id,
    patient,
    classIds: voxels.map(([label]) => label).filter((label) => label !== 0),
  }));
  return stratifiedFolds(ofClasses, { count: Math.min(foldCount, patientCount(ofClasses)), seed });
}

/**
 * Which cases are learnt from and which are held out with a fold, or all and none.
 *
 * Errors: ConfigError T_FOLD for a fold that there is not, or one that holds every case
 */
export function chooseSplit(
  { training, path }: Pick<TrainingDataset, "training" | "path">,
  { folds, fold }: { readonly folds: Folds; readonly fold: number | "all" },
): Split {
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
