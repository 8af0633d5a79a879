import { readLabelFile } from "../io/read-label-file.ts";
import { FormatError } from "../volume/errors.ts";
import { labelMapOf } from "../volume/label-map.ts";
import type { InputFile, Scan, Warning } from "../volume/scan.ts";
import { type LabelMap, volumeOf } from "../volume/volume.ts";
import type { EvaluatedClasses } from "./evaluated-classes.ts";

/** A label map as a file has it, with the numbers that its classes have here. */
export interface ReadLabels {
  readonly labels: LabelMap;
  /** Whether it has no place in a patient. */
  readonly isPicture: boolean;
  /** Whether its format leaves out slices and borders that hold nothing. */
  readonly isSparse: boolean;
  readonly inputs: readonly InputFile[];
  readonly warnings: readonly Warning[];
}

/** What is scored, and what stops the reading. */
export interface ReadLabelsOptions extends EvaluatedClasses {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The label map in a file.
 *
 * A segmentation that names its classes gets the numbers that the names have here; letter case, blanks and punctuation
 * do not count. Where a single class is scored, a mask of one other value, such as 255, means it.
 *
 * Errors: FormatError T_LOSSY, L_NOT_INTEGER, L_RANGE, E_CHANNELS; as `readScan`
 */
export async function readLabels(path: string, options: ReadLabelsOptions): Promise<ReadLabels> {
  const scan = await readLabelFile(path, { signal: options.signal });
  if (scan.channels.length !== 1) throw channelsError(path, scan.channels.length);
  const named = byName(labelMapOf(scan.channels[0], path), { scan, path, ...options });
  const meant = asMask(named.labels, { path, ...options });
  return {
    labels: meant.labels,
    isPicture: scan.format === "raster",
    isSparse: scan.classes !== undefined,
    inputs: scan.inputs,
    warnings: [...scan.warnings, ...named.warnings, ...meant.warnings],
  };
}

/** Class names are written in many ways. */
export function comparableName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

interface Renumbered {
  readonly labels: LabelMap;
  readonly warnings: readonly Warning[];
}

/** The ids that a segmentation's names have here; classes that nobody asked for become background. */
function byName(
  labels: LabelMap,
  { scan, path, classes }: ReadLabelsOptions & { readonly scan: Scan; readonly path: string },
): Renumbered {
  if (scan.classes === undefined) return { labels, warnings: [] };
  const idOfName = new Map(
    classes.flatMap(({ id, name, labels }) => (labels === undefined ? [[comparableName(name), id] as const] : [])),
  );
  const meanings = scan.classes.map(({ id, name }) => ({ id, name, meant: idOfName.get(comparableName(name)) }));
  const strangers = meanings.flatMap(({ name, meant }) => (meant === undefined ? [name] : []));
  if (strangers.length === meanings.length) return { labels, warnings: [numbersWarning(path, strangers)] };
  const idOf = new Uint16Array(0x10000);
  for (const { id, meant } of meanings) idOf[id] = meant ?? 0;
  return {
    labels: labelMapOf(
      volumeOf(
        Uint16Array.from(labels.data, (id) => idOf[id]),
        labels,
      ),
      path,
    ),
    warnings: strangers.length === 0 ? [] : [strangersWarning(path, strangers)],
  };
}

/** A mask of one value as the only class; any other label is left as it is, and said. */
function asMask(
  labels: LabelMap,
  { path, classes, ignoreLabel }: ReadLabelsOptions & { readonly path: string },
): Renumbered {
  const known = new Set([0, ignoreLabel, ...classes.flatMap(({ id, labels }) => labels ?? [id])]);
  const found = labelsIn(labels).filter((id) => id !== ignoreLabel);
  const unknown = found.filter((id) => !known.has(id));
  if (unknown.length === 0) return { labels, warnings: [] };
  const [only, ...others] = classes;
  const isMask = found.length === 1 && others.length === 0 && only?.labels === undefined;
  if (!isMask) return { labels, warnings: [unknownWarning(path, unknown)] };
  const ids = Uint16Array.from(labels.data, (id) => (id === found[0] ? only.id : id));
  return { labels: labelMapOf(volumeOf(ids, labels), path), warnings: [maskWarning(path, found[0])] };
}

/** The labels that occur, background left out, ascending. */
export function labelsIn({ data }: LabelMap): readonly number[] {
  const occurs = new Uint8Array(0x10000);
  for (let i = 0; i < data.length; i++) occurs[data[i]] = 1;
  return [...occurs.keys()].filter((id) => id !== 0 && occurs[id] === 1);
}

/** Names or numbers that one warning has room for. */
const MOST_SHOWN = 8;

function shown(values: readonly (string | number)[]): string {
  return values.slice(0, MOST_SHOWN).join(", ") + (values.length > MOST_SHOWN ? " and others" : "");
}

function strangersWarning(where: string, names: readonly string[]): Warning {
  return {
    code: "W_STRANGERS",
    where,
    text: `segments that no class is named after count as background: ${shown(names)}`,
  };
}

function numbersWarning(where: string, names: readonly string[]): Warning {
  const text = `none of its segments (${shown(names)}) is named as a class; their numbers were taken instead`;
  return { code: "W_NUMBERS", where, text };
}

function unknownWarning(where: string, ids: readonly number[]): Warning {
  return { code: "W_UNKNOWN_LABEL", where, text: `labels that are no class and were not scored: ${shown(ids)}` };
}

function maskWarning(where: string, id: number): Warning {
  return { code: "W_MASK_VALUE", where, text: `a mask of the value ${id} was taken for the only class` };
}

function channelsError(where: string, channels: number): FormatError {
  return new FormatError({
    code: "E_CHANNELS",
    where,
    expected: "a label map of one channel",
    got: `${channels} channels`,
    next: "Save class ids, one per voxel",
  });
}
