import { resolve } from "node:path";
import { caseIdOf } from "../io/volume-names.ts";
import { ConfigError } from "../volume/errors.ts";
import { type LabelFile, labelFilesIn, plainName } from "./label-files.ts";

/** A reference and the prediction that answers it. */
export interface CasePaths {
  readonly case: string;
  readonly reference: string;
  /** Absent where no prediction has the case's name. */
  readonly prediction?: string | undefined;
}

/** What lies in two folders. */
export interface PairedCases {
  /** By name. */
  readonly cases: readonly CasePaths[];
  /** Predictions that no reference answers. */
  readonly unmatched: readonly string[];
}

/**
 * Pairs the label maps of two folders, or two files, by their cases' names.
 *
 * A case is named after its file, or, where the file's name says nothing (`segmentation.nii.gz`) or several files have
 * it, after its folder. Endings such as `_0000`, `_gt` and `_seg` and the case of letters do not count where the names
 * differ otherwise.
 *
 * Errors: ConfigError C_INPUT; E_NO_CASES when a folder has no label maps, E_NO_PAIRS when no name is in both, E_TWICE
 *         when two files could be one case
 */
export async function pairCases(
  { predictions, references }: { readonly predictions: string; readonly references: string },
  signal?: AbortSignal,
): Promise<PairedCases> {
  const wanted = await labelFilesIn(references, signal);
  const found = await labelFilesIn(predictions, signal);
  for (const [input, files] of [
    [references, wanted],
    [predictions, found],
  ] as const)
    if (files.length === 0) throw noCasesError(input);
  if (isOneFile(references, wanted) && isOneFile(predictions, found))
    return {
      cases: [{ case: caseIdOf(references), reference: wanted[0].path, prediction: found[0].path }],
      unmatched: [],
    };
  const lookUp = finderAmong(found);
  const cases = wanted.map((file): CasePaths => {
    const { name, prediction } = lookUp(file);
    return { case: name, reference: file.path, prediction };
  });
  if (cases.every(({ prediction }) => prediction === undefined)) throw noPairsError(found[0], wanted[0]);
  assertOncePerCase(cases);
  const used = new Set(cases.map(({ prediction }) => prediction));
  return {
    cases: cases.sort((first, second) => (first.case < second.case ? -1 : 1)),
    unmatched: found.flatMap(({ path }) => (used.has(path) ? [] : [path])),
  };
}

function isOneFile(input: string, files: readonly LabelFile[]): boolean {
  return files.length === 1 && files[0].path === resolve(input);
}

interface Match {
  /** That of the reference under which a prediction was found, else its most telling one. */
  readonly name: string;
  readonly prediction: string | undefined;
}

/** Looks for the prediction of a reference, whole names before plain ones. */
function finderAmong(predictions: readonly LabelFile[]): (reference: LabelFile) => Match {
  const exact = byName(predictions, (name) => name);
  const plain = byName(predictions, plainName);
  return ({ names }) => {
    for (const [files, keyOf] of [
      [exact, (name: string) => name],
      [plain, plainName],
    ] as const)
      for (const name of names) {
        const [first, second] = files.get(keyOf(name)) ?? [];
        if (second !== undefined) throw twiceError(name, [first, second]);
        if (first !== undefined) return { name, prediction: first };
      }
    return { name: names[0], prediction: undefined };
  };
}

function byName(files: readonly LabelFile[], keyOf: (name: string) => string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { path, names } of files)
    for (const key of new Set(names.map(keyOf))) found.set(key, [...(found.get(key) ?? []), path]);
  return found;
}

/** Two references of one prediction, or of one name, would count one patient twice. */
function assertOncePerCase(cases: readonly CasePaths[]): void {
  const seen = new Map<string, string>();
  for (const { case: name, reference, prediction } of cases)
    for (const key of [`case ${name}`, ...(prediction === undefined ? [] : [`prediction ${prediction}`])]) {
      const other = seen.get(key);
      if (other !== undefined) throw twiceError(name, [other, reference]);
      seen.set(key, reference);
    }
}

function noCasesError(where: string): ConfigError {
  return new ConfigError({
    code: "E_NO_CASES",
    where,
    expected: "label maps",
    got: "none",
    next: "Name the folder that holds the segmentations",
  });
}

function noPairsError(prediction: LabelFile, reference: LabelFile): ConfigError {
  return new ConfigError({
    code: "E_NO_PAIRS",
    where: prediction.path,
    expected: `a prediction named as a reference, such as ${reference.names.join(" or ")}`,
    got: `none; this one goes by ${prediction.names.join(" or ")}`,
    next: "Name predictions, or their folders, as their references",
  });
}

function twiceError(name: string, [first, second]: readonly string[]): ConfigError {
  return new ConfigError({
    code: "E_TWICE",
    where: second,
    expected: "one label map per case",
    got: `${first} for case ${name} too`,
    next: "Keep images and label maps in folders of their own, and give each case its own name",
  });
}
