import { basename, dirname, relative, resolve } from "node:path";
import { caseIdOf, isVolumeFile } from "../io/volume-names.ts";
import { walkFiles } from "../io/walk-files.ts";
import { FormatError } from "../volume/errors.ts";
import { defaultLimits } from "../volume/limits.ts";

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

/** What programs put behind a case's name: nnU-Net's channel, and what the file is. */
const TAIL = /([_-](0000|gt|groundtruth|seg|segmentation|label|labels|mask|pred|prediction))+$/i;

/**
 * Pairs the label maps of two folders, or two files, by their cases' names.
 *
 * A case is named after its file, or, where several files of a side have the same name or a folder holds one case in
 * several formats, after its folder; endings such as `_0000`, `_gt` and `_seg` do not count where that tells them apart.
 *
 * Errors: ConfigError C_INPUT; FormatError E_NO_CASES when no reference is found, E_TWICE when two files are one case
 */
export async function pairCases(
  { predictions, references }: { readonly predictions: string; readonly references: string },
  signal?: AbortSignal,
): Promise<PairedCases> {
  const wanted = await labelFilesIn(references, signal);
  const found = await labelFilesIn(predictions, signal);
  if (wanted.length === 0) throw noCasesError(references);
  if (isOneFile(references, wanted) && isOneFile(predictions, found))
    return { cases: [{ case: caseIdOf(references), reference: wanted[0], prediction: found[0] }], unmatched: [] };
  const referenceOf = named(references, wanted);
  const predictionOf = named(predictions, found);
  const plain = new Map([...predictionOf].map(([name, path]) => [plainName(name), path]));
  const cases = [...referenceOf]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([name, reference]): CasePaths => {
      const prediction = predictionOf.get(name) ?? plain.get(plainName(name));
      return { case: name, reference, prediction };
    });
  const used = new Set(cases.map(({ prediction }) => prediction));
  return { cases, unmatched: found.filter((path) => !used.has(path) && !isOtherFormat(path, used)) };
}

/** Label maps of a side; pictures only where there is no volume, since they are mostly drawn from one. */
async function labelFilesIn(input: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const { files } = await walkFiles([input], { limit: defaultLimits.files, signal });
  const images = files.filter((path) => isVolumeFile(basename(path)));
  const volumes = images.filter((path) => !/\.(png|tiff?|jpe?g)$/i.test(path));
  return volumes.length > 0 ? volumes : images;
}

function isOneFile(input: string, files: readonly string[]): boolean {
  return files.length === 1 && files[0] === resolve(input);
}

/** The files of a side by the names of their cases. */
function named(input: string, files: readonly string[]): ReadonlyMap<string, string> {
  const root = resolve(input);
  const counts = new Map<string, number>();
  for (const path of files) counts.set(caseIdOf(path), (counts.get(caseIdOf(path)) ?? 0) + 1);
  const cases = new Map<string, string>();
  for (const path of files) {
    const folder = relative(root, dirname(path));
    const stem = caseIdOf(path);
    const name = (counts.get(stem) ?? 0) > 1 && folder !== "" ? folder : stem;
    const other = cases.get(name);
    if (other !== undefined && dirname(other) === dirname(path) && isSameCase(other, path)) continue;
    if (other !== undefined) throw twiceError(name, [other, path]);
    cases.set(name, path);
  }
  return cases;
}

/** Whether two files of a folder are one segmentation in two formats. */
function isSameCase(first: string, second: string): boolean {
  return caseIdOf(first) === caseIdOf(second);
}

function isOtherFormat(path: string, used: ReadonlySet<string | undefined>): boolean {
  return [...used].some((other) => other !== undefined && dirname(other) === dirname(path) && isSameCase(other, path));
}

function plainName(name: string): string {
  return name.replace(TAIL, "").toLowerCase();
}

function noCasesError(where: string): FormatError {
  return new FormatError({
    code: "E_NO_CASES",
    where,
    expected: "label maps",
    got: "none",
    next: "Name the folder that holds the reference segmentations",
  });
}

function twiceError(name: string, paths: readonly string[]): FormatError {
  return new FormatError({
    code: "E_TWICE",
    where: paths[1],
    expected: "one label map per case",
    got: `${paths[0]} for case ${name} too`,
    next: "Give each case its own name or folder",
  });
}
