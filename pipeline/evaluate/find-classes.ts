import { dirname, join, resolve } from "node:path";
import { readLabelFile } from "../io/read-label-file.ts";
import { ConfigError, isNamedError } from "../volume/errors.ts";
import { labelMapOf } from "../volume/label-map.ts";
import { type EvaluatedClass, type EvaluatedClasses, readEvaluatedClasses } from "./evaluated-classes.ts";
import { comparableName, labelsIn } from "./read-labels.ts";

/** Classes, and the list they are from; no list where they are the labels that the references hold. */
export interface FoundClasses extends EvaluatedClasses {
  readonly list?: string;
}

/** Where to look for classes. */
export interface FindClassesRequest {
  /** A JSON file that lists them. */
  readonly path?: string | undefined;
  /** The file or folder of the references. */
  readonly references: string;
  /** Label maps to look into where no file lists the classes. */
  readonly files: readonly string[];
  readonly ignoreLabel?: number | undefined;
  readonly onFile?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lists of classes that lie in the folder of the references or the one above. */
const LISTS = ["dataset.json", "classes.json"];

/** More labels than any atlas has: the voxels of an image. */
const MOST_LABELS = 1024;

/**
 * The classes of a data set: those of a list that is named, of one in or beside the references, or the labels that the
 * references hold.
 *
 * Errors: ConfigError E_CLASSES for a list that is not there or wrong, and for references without labels or with more
 *         than 1024
 */
export async function findClasses(request: FindClassesRequest): Promise<FoundClasses> {
  const listed = request.path === undefined ? await listedBeside(request.references) : await listedAt(request.path);
  const found = listed ?? (await labelsFoundIn(request));
  const { ignoreLabel = found.ignoreLabel } = request;
  return { ...found, ignoreLabel, classes: found.classes.filter(({ id }) => id !== ignoreLabel) };
}

async function listedAt(path: string): Promise<FoundClasses> {
  const listed = await readEvaluatedClasses(path);
  if (listed !== undefined) return { ...listed, list: path };
  throw classesError(path, "a JSON file that lists the classes", "nothing of that name");
}

async function listedBeside(references: string): Promise<FoundClasses | undefined> {
  const place = resolve(references);
  for (const folder of [place, dirname(place)])
    for (const name of LISTS) {
      const path = join(folder, name);
      const listed = await readEvaluatedClasses(path);
      if (listed !== undefined) return { ...listed, list: path };
    }
  return undefined;
}

/** Labels by number, or by the names that segmentations give them. Files that cannot be read are reported later. */
async function labelsFoundIn({
  references,
  files,
  onFile,
  ignoreLabel,
  signal,
}: FindClassesRequest): Promise<FoundClasses> {
  const ids = new Set<number>();
  const named = new Map<string, string>();
  for (const [n, path] of files.entries()) {
    signal?.throwIfAborted();
    try {
      const scan = await readLabelFile(path, { signal });
      if (scan.classes === undefined) for (const id of labelsIn(labelMapOf(scan.channels[0], path))) ids.add(id);
      for (const { name } of scan.classes ?? [])
        named.set(comparableName(name), named.get(comparableName(name)) ?? name);
    } catch (error) {
      if (!isNamedError(error)) throw error;
    }
    onFile?.(n + 1, files.length);
  }
  if (ignoreLabel !== undefined) ids.delete(ignoreLabel);
  const classes = classesOf(
    [...ids].sort((first, second) => first - second),
    [...named.values()],
  );
  if (classes.length === 0) throw classesError(references, "label maps with labels other than 0", "none");
  if (classes.length > MOST_LABELS)
    throw classesError(references, `label maps of at most ${MOST_LABELS} labels`, `${classes.length}, as images have`);
  return { classes };
}

/** Named segments get numbers that no label has. */
function classesOf(ids: readonly number[], names: readonly string[]): readonly EvaluatedClass[] {
  const free = Array.from({ length: ids.length + names.length }, (_, n) => n + 1).filter((id) => !ids.includes(id));
  return [...ids.map((id) => ({ id, name: `label ${id}` })), ...names.map((name, n) => ({ id: free[n], name }))];
}

function classesError(where: string, expected: string, got: string): ConfigError {
  const next = "Name a list of the classes with --classes, such as a dataset.json";
  return new ConfigError({ code: "E_CLASSES", where, expected, got, next });
}
