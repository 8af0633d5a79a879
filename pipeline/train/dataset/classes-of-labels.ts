import { join } from "node:path";
import { parseLabelClasses } from "../../bundle/label-classes.ts";
import { readLabelFile } from "../../io/read-label-file.ts";
import { readList } from "../../io/read-list.ts";
import { FormatError, isNamedError, type NamedError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import type { Scan } from "../../volume/scan.ts";
import { inOrder } from "../in-order.ts";
import { classesFrom } from "./dataset-format.ts";
import { labelFilesOf } from "./label-files.ts";
import type { TrainingCase } from "./training-dataset.ts";

/** Cases, and what their labels mean where they have any. */
export interface SplitCases {
  readonly training: readonly TrainingCase[];
  readonly testing: readonly TrainingCase[];
}

/** What the labels of a data set without a list mean. */
interface FoundClasses {
  readonly classes: readonly LabelClass[];
  /** Whether the files name their classes themselves. */
  readonly areNamed: boolean;
}

/** Where to look. */
export interface ClassSearch {
  /** May hold `classes.json`. */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

/** Names and colours of a data set's classes, written as in a bundle's manifest. */
const CLASSES_FILE = "classes.json";

/** Different values beyond which files are images rather than label maps. */
const MOST_VALUES = 256;

/**
 * The classes of cases with label maps, and the cases, now that it is known whether their files name or number classes.
 *
 * Errors: as `classesOfLabels`
 */
export async function withLabelClasses(
  { training, testing }: SplitCases,
  search: ClassSearch,
): Promise<SplitCases & Pick<FoundClasses, "classes">> {
  const paths = training.flatMap(({ labels }) => (labels === undefined ? [] : labelFilesOf(labels)));
  const { classes, areNamed } = await classesOfLabels(paths, search);
  const settled = (each: TrainingCase): TrainingCase =>
    areNamed && each.labels !== undefined
      ? { ...each, labels: { kind: "segmentations", paths: labelFilesOf(each.labels) } }
      : each;
  return { classes, training: training.map(settled), testing: testing.map(settled) };
}

/**
 * The classes of label maps: those that `classes.json` lists, else those that the files name, else the values in them.
 *
 * Files that cannot be read are left out here; that they cannot is said when their cases are examined.
 *
 * Cost:   without `classes.json` every label map is read
 * Errors: ConfigError M_LABELS for a wrong `classes.json`; FormatError T_CLASSES when nothing says what a colour means, or
 *         there is no class at all; as `readScan`, when no file can be read
 */
async function classesOfLabels(paths: readonly string[], search: ClassSearch): Promise<FoundClasses> {
  const listed = await listedClasses(search.folder);
  if (listed !== undefined) return { classes: listed, areNamed: await areNamed(paths, search) };
  const found = await inOrder(paths, (path) => contentOrFault(path, search), { atOnce: 2 });
  const contents = found.filter((each) => "values" in each);
  const [fault] = found.filter((each) => each instanceof Error);
  if (contents.length === 0 && fault !== undefined) throw fault;
  const named = contents.flatMap(({ classes = [] }) => classes);
  const values = [...new Set(contents.flatMap((each) => each.values))];
  if (values.length > MOST_VALUES)
    throw classesError(search.folder, {
      expected: `label maps of at most ${MOST_VALUES} values, or ${CLASSES_FILE}`,
      got: `${values.length}`,
    });
  const classes = named.length > 0 ? numbered(named) : classesFrom(values.map((id) => ({ id, name: `class ${id}` })));
  if (classes.length > 0) return { classes, areNamed: named.length > 0 };
  throw classesError(search.folder, { expected: "label maps with at least one class", got: "background only" });
}

/** Whether label files name their classes themselves, by the first that can be read. */
async function areNamed(paths: readonly string[], search: ClassSearch): Promise<boolean> {
  for (const path of paths) {
    const scan = await scanOrFault(path, search);
    if (!(scan instanceof Error)) return scan.classes !== undefined;
  }
  return false;
}

/** The classes in a folder's `classes.json`, where there is one. */
export async function listedClasses(folder: string): Promise<readonly LabelClass[] | undefined> {
  const path = join(folder, CLASSES_FILE);
  const text = await readList(path);
  if (text === undefined) return undefined;
  return [...parseLabelClasses(text, path)].sort((first, second) => first.id - second.id);
}

interface LabelContent {
  readonly classes?: readonly LabelClass[];
  readonly values: readonly number[];
}

/** What a label file says of its classes, or why it cannot be read; its voxels are forgotten at once. */
async function contentOrFault(path: string, search: ClassSearch): Promise<LabelContent | NamedError> {
  const scan = await scanOrFault(path, search);
  if (scan instanceof Error) return scan;
  const { classes, channels } = scan;
  if (classes !== undefined) return { classes, values: [] };
  if (channels.length > 1) throw colourError(path, { channels: channels.length, folder: search.folder });
  try {
    return { values: [...new Set(labelMapOf(channels[0], path).data)] };
  } catch (error) {
    if (isNamedError(error)) return error;
    throw error;
  }
}

async function scanOrFault(path: string, search: ClassSearch): Promise<Scan | NamedError> {
  try {
    return await readLabelFile(path, search);
  } catch (error) {
    if (isNamedError(error)) return error;
    throw error;
  }
}

function colourError(
  path: string,
  { channels, folder }: { readonly channels: number; readonly folder: string },
): FormatError {
  const expected = `${CLASSES_FILE} that says what each colour means`;
  return classesError(join(folder, CLASSES_FILE), { expected, got: `none, and ${channels} channels in ${path}` });
}

/** Classes by name in the order in which they are met, numbered from 1. */
function numbered(all: readonly LabelClass[]): readonly LabelClass[] {
  const byName = new Map<string, LabelClass>();
  for (const each of all) if (!byName.has(each.name)) byName.set(each.name, each);
  return [...byName.values()].map((each, n) => ({ ...each, id: n + 1 }));
}

function classesError(where: string, facts: { readonly expected: string; readonly got: string }): FormatError {
  const next = `Write ${CLASSES_FILE}: [{"id": 1, "name": "liver", "colorRgb": [200, 80, 60]}]`;
  return new FormatError({ code: "T_CLASSES", where, ...facts, next });
}
