import { join } from "node:path";
import { parseLabelClasses } from "../../bundle/label-classes.ts";
import { readScan } from "../../io/read-scan.ts";
import { FormatError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import type { Scan } from "../../volume/scan.ts";
import { inOrder } from "../in-order.ts";
import { classesFrom } from "./dataset-format.ts";
import { labelFilesOf } from "./label-files.ts";
import { readList } from "./read-list.ts";
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
 * Cost:   without `classes.json` every label map is read
 * Errors: ConfigError M_LABELS for a wrong `classes.json`; FormatError T_CLASSES when nothing says what a colour means, or
 *         there is no class at all; as `readScan`
 */
async function classesOfLabels(paths: readonly string[], { folder, signal }: ClassSearch): Promise<FoundClasses> {
  const read = (path: string) => readScan(path, { signal, palette: "indices" });
  const listed = await listedClasses(folder);
  if (listed !== undefined)
    return { classes: listed, areNamed: paths.length > 0 && (await read(paths[0])).classes !== undefined };
  const found = await inOrder(paths, async (path) => contentOf(await read(path), { path, folder }), { atOnce: 2 });
  const named = found.flatMap(({ classes = [] }) => classes);
  const values = [...new Set(found.flatMap((each) => each.values))];
  const classes = named.length > 0 ? numbered(named) : classesFrom(values.map((id) => ({ id, name: `class ${id}` })));
  if (classes.length > 0) return { classes, areNamed: named.length > 0 };
  throw classesError(folder, { expected: "label maps with at least one class", got: "background only" });
}

/** The classes in a folder's `classes.json`, where there is one. */
export async function listedClasses(folder: string): Promise<readonly LabelClass[] | undefined> {
  const path = join(folder, CLASSES_FILE);
  const text = await readList(path);
  return text === undefined ? undefined : parseLabelClasses(text, path);
}

interface LabelContent {
  readonly classes?: readonly LabelClass[];
  readonly values: readonly number[];
}

/** What a label file says of its classes; its voxels are forgotten at once. */
function contentOf(
  { classes, channels }: Scan,
  { path, folder }: { readonly path: string; readonly folder: string },
): LabelContent {
  if (classes !== undefined) return { classes, values: [] };
  if (channels.length === 1) return { values: [...new Set(labelMapOf(channels[0], path).data)] };
  const expected = `${CLASSES_FILE} that says what each colour means`;
  throw classesError(join(folder, CLASSES_FILE), { expected, got: `none, and ${channels.length} channels in ${path}` });
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
