import { readLabelFile } from "../../io/read-label-file.ts";
import { ontoGridIfSame } from "../../kernels/onto-grid.ts";
import { FormatError, ShapeError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import { placeOnGrid } from "../../volume/place-on-grid.ts";
import type { Scan } from "../../volume/scan.ts";
import { type Grid, type LabelArray, type LabelMap, volumeOf, voxelCountOf } from "../../volume/volume.ts";
import { labelsOfColours, paintedIn } from "./colour-labels.ts";
import { classesOfCodes, classOfObjects } from "./label-values.ts";
import type { LabelMapSource, LabelSource, TrainingDataset } from "./training-dataset.ts";

/** What labels are read for. */
export interface LabelTask {
  readonly dataset: Pick<TrainingDataset, "classes" | "ignoreLabel">;
  /** Of the case's images. */
  readonly grid: Grid;
  readonly signal: AbortSignal | undefined;
}

/**
 * The class of each voxel of a grid, wherever it is written.
 *
 * Errors: FormatError T_LABEL_VALUES, T_LABELS, T_MASK, T_LOSSY; ShapeError T_SHAPE; GeometryError G_GRID; as `readScan`
 */
export function loadLabels(source: LabelSource, task: LabelTask): Promise<LabelMap> {
  if (source.kind === "masks") return loadMasks(source.paths, task);
  if (source.kind === "segmentations") return loadSegmentations(source.paths, task);
  return loadLabelMap(source, task);
}

async function loadLabelMap(source: LabelMapSource, task: LabelTask): Promise<LabelMap> {
  const { path, values } = source;
  const palette = values?.kind === "colours" ? "colours" : "indices";
  const scan = await readLabelFile(path, { ...task, palette });
  const labels = placed(labelsIn(scan, task.dataset, source), { scan, grid: task.grid, path });
  const { dataset } = task;
  const known = new Set([0, ...dataset.classes.map(({ id }) => id)]);
  if (dataset.ignoreLabel !== undefined) known.add(dataset.ignoreLabel);
  assertOnly(labels.data, known, path);
  return labels;
}

/** A file per class; where two claim a voxel, the later one has it. */
async function loadMasks(masks: Extract<LabelSource, { kind: "masks" }>["paths"], task: LabelTask): Promise<LabelMap> {
  const { grid } = task;
  const merged = new Uint16Array(voxelCountOf(grid.shape));
  for (const { classId, path } of masks) {
    const scan = await readLabelFile(path, task);
    const mask = scan.format === "raster" ? paintedIn(scan.channels) : onlyChannelOf(scan, path);
    const { data } = placed(mask, { scan, grid, path });
    const inside = data.find((value) => value !== 0) ?? 0;
    for (let i = 0; i < merged.length; i++) {
      if (data[i] === 0) continue;
      if (data[i] !== inside) throw maskError(path, [inside, data[i]]);
      merged[i] = classId;
    }
  }
  return labelMapOf(volumeOf(merged, grid), masks[0].path);
}

/** Files that number their classes as they like and name them as the data set does. */
async function loadSegmentations(paths: readonly string[], task: LabelTask): Promise<LabelMap> {
  const { dataset, grid } = task;
  const merged = new Uint16Array(voxelCountOf(grid.shape));
  for (const path of paths) {
    const scan = await readLabelFile(path, task);
    if (scan.classes === undefined)
      throw labelsError(path, "a segmentation that names its classes", "one without names");
    const idOf = datasetIdsOf(scan.classes, { dataset, path });
    const { data } = placed(onlyChannelOf(scan, path), { scan, grid, path });
    assertOnly(data, new Set(idOf.keys()), path);
    for (let i = 0; i < merged.length; i++) if (data[i] !== 0) merged[i] = idOf.get(data[i]) ?? 0;
  }
  return labelMapOf(volumeOf(merged, grid), paths[0]);
}

/** The data set's number for each of a file's. */
function datasetIdsOf(
  classes: readonly LabelClass[],
  { dataset, path }: { readonly dataset: LabelTask["dataset"]; readonly path: string },
): ReadonlyMap<number, number> {
  const idOfName = new Map(dataset.classes.map(({ id, name }) => [name, id]));
  const unknown = classes.filter(({ name }) => !idOfName.has(name)).map(({ name }) => name);
  if (unknown.length > 0) throw valuesError(path, [...idOfName.keys()], unknown);
  return new Map([[0, 0], ...classes.map(({ id, name }) => [id, idOfName.get(name) ?? 0] as const)]);
}

function labelsIn(scan: Scan, { classes }: LabelTask["dataset"], { path, values }: LabelMapSource): LabelMap {
  const { channels } = scan;
  const isColour = scan.format === "raster" && channels.length > 1;
  if (values?.kind === "objects")
    return classOfObjects(isColour ? paintedIn(channels) : onlyChannelOf(scan, path), values);
  if (values?.kind === "colours") {
    const [red, green = red, blue = red] = channels;
    return labelsOfColours([red, green, blue], { classes, darkest: values.darkest, where: path });
  }
  const labels = isColour ? labelsOfColours(channels, { classes, where: path }) : onlyChannelOf(scan, path);
  return values?.kind === "codes" ? classesOfCodes(labels, values, path) : labels;
}

function onlyChannelOf({ channels }: Scan, path: string): LabelMap {
  if (channels.length === 1) return labelMapOf(channels[0], path);
  throw labelsError(path, "a label map of one channel", `${channels.length} channels`);
}

/** Labels on the voxels of the images. */
function placed(
  labels: LabelMap,
  { scan, grid, path }: { readonly scan: Scan; readonly grid: Grid; readonly path: string },
): LabelMap {
  const haveSameShape = String(labels.shape) === String(grid.shape);
  // Pictures have no place: theirs is the images', whatever resolution an editor wrote.
  if (scan.format === "raster" && haveSameShape) return { ...labels, indexToLps: grid.indexToLps };
  // A segmentation may leave out what holds nothing; of any other file that is a mistake.
  if (scan.classes === undefined && sidesOf(labels) !== sidesOf(grid)) throw shapeError(path, { labels, grid });
  return ontoGridIfSame(labels, grid) ?? placeOnGrid(labels, grid, path);
}

/** Sides in any order, as a text to compare. */
function sidesOf({ shape }: Grid): string {
  return String([...shape].sort((first, second) => first - second));
}

function assertOnly(data: LabelArray, known: ReadonlySet<number>, where: string): void {
  const unknown = new Set<number>();
  for (const id of data) if (!known.has(id)) unknown.add(id);
  if (unknown.size > 0) throw valuesError(where, [...known], [...unknown]);
}

/** Values that one message has room for. */
const MOST_SHOWN = 10;

function valuesError(where: string, known: readonly unknown[], unknown: readonly unknown[]): FormatError {
  return new FormatError({
    code: "T_LABEL_VALUES",
    where,
    expected: `no labels but ${known.join(", ")}`,
    got: unknown.slice(0, MOST_SHOWN).join(", ") + (unknown.length > MOST_SHOWN ? " and others" : ""),
    next: "Add them to the data set's labels, or train without the case",
  });
}

function maskError(where: string, values: readonly number[]): FormatError {
  return new FormatError({
    code: "T_MASK",
    where,
    expected: "a mask of 0 and one other value",
    got: `0, ${values.join(", ")}`,
    next: "Save the mask without smoothing, in a lossless format",
  });
}

function shapeError(where: string, { labels, grid }: { readonly labels: Grid; readonly grid: Grid }): ShapeError {
  return new ShapeError({
    code: "T_SHAPE",
    where,
    expected: `labels of the image's size [${grid.shape}]`,
    got: `[${labels.shape}]`,
    next: "Give the labels of this image, or train without the case",
  });
}

function labelsError(where: string, expected: string, got: string): FormatError {
  const next = "Merge them into one label map, or give one mask file per class";
  return new FormatError({ code: "T_LABELS", where, expected, got, next });
}
