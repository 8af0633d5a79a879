import { resolve, sep } from "node:path";
import { colorOf } from "../../bundle/class-colors.ts";
import { FormatError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import type { TrainingDataset } from "./training-dataset.ts";

/** A way in which data sets lie on disk. */
export interface DatasetFormat {
  /** For messages. */
  readonly name: string;
  /** Whether a folder or file is one; `list` is the JSON object in its `dataset.json`, where there is one. */
  recognises(path: string, list: DatasetList | undefined, options: FindDatasetOptions): Promise<boolean>;
  /** Errors: FormatError and ConfigError that name the file, what was found and what was expected */
  read(path: string, options: FindDatasetOptions): Promise<TrainingDataset>;
}

/** The object in a `dataset.json`, before anything in it was checked. */
export type DatasetList = Readonly<Record<string, unknown>>;

/** How to look for a data set. */
export interface FindDatasetOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A file that a data set's list names, below its folder.
 *
 * Errors: FormatError T_PATH for a path that leads out of it
 */
export function pathInside(
  path: string,
  { folder, where }: { readonly folder: string; readonly where: string },
): string {
  const found = resolve(folder, path);
  if (found.startsWith(resolve(folder) + sep) && !path.includes("\0")) return found;
  throw new FormatError({
    code: "T_PATH",
    where,
    expected: "paths below the data set's folder",
    got: "one that leads out of it",
    next: "Move the files into the folder, or list them relative to it",
  });
}

/** Foreground classes with colours, in the order of their ids. */
export function classesFrom(labels: readonly { readonly id: number; readonly name: string }[]): readonly LabelClass[] {
  return labels
    .filter(({ id }) => id !== 0)
    .sort((first, second) => first.id - second.id)
    .map(({ id, name }, n) => ({ id, name, colorRgb: colorOf(n) }));
}

/** The DICOM modality that a channel's name implies, where it does. */
export function modalityOf(name: string): { readonly modality?: string } {
  if (/^ct$/i.test(name)) return { modality: "CT" };
  if (/^(mri?|t1\w*|t2\w*|flair|adc|dwi|pd|swi)\b/i.test(name)) return { modality: "MR" };
  if (/^pe?t$/i.test(name)) return { modality: "PT" };
  if (/^(us|ultrasound)$/i.test(name)) return { modality: "US" };
  return {};
}
