import { readScan } from "../../io/read-scan.ts";
import { FormatError, ShapeError } from "../../volume/errors.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import { placeOnGrid } from "../../volume/place-on-grid.ts";
import type { Warning } from "../../volume/scan.ts";
import { assertSameGrid, type Grid, type LabelArray, type LabelMap, type Volume } from "../../volume/volume.ts";
import type { LabelSource, LoadedCase, TrainingCase, TrainingDataset } from "./training-dataset.ts";

/** Places of voxels that tools' rounding may differ by. */
const TOLERANCE_MM = 1e-2;

/** How a case is read. */
export interface LoadCaseOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A case's channels and labels, all on the first channel's grid.
 *
 * Errors: FormatError T_CHANNELS for another number of channels, T_LABEL_VALUES for labels that the data set does not list,
 *         T_NONFINITE for voxels that are no number; GeometryError when channels or labels lie elsewhere than the first
 *         channel; as `readScan`
 */
export async function loadCase(
  dataset: TrainingDataset,
  trainingCase: TrainingCase,
  { signal }: LoadCaseOptions = {},
): Promise<LoadedCase> {
  const { id, images, labels } = trainingCase;
  const scans = [];
  for (const image of images) scans.push({ where: image, scan: await readScan(image, { signal }) });
  const volumes = scans.flatMap(({ where, scan: { channels } }) => channels.map((volume) => ({ where, volume })));
  if (volumes.length !== dataset.channels.length)
    throw new FormatError({
      code: "T_CHANNELS",
      where: images[0],
      expected: `${dataset.channels.length} channels (${dataset.channels.map(({ name }) => name).join(", ")})`,
      got: `${volumes.length}`,
      next: "Correct the data set's list of channels, or leave the case out",
    });
  const [{ volume: first }] = volumes;
  for (const { where, volume } of volumes) {
    assertSameGrid(where, { found: volume, wanted: first, toleranceMm: TOLERANCE_MM });
    assertFinite(volume, where);
  }
  const [, ...others] = volumes.map(({ volume }) => volume);
  return {
    id,
    channels: [first, ...others],
    ...(labels === undefined ? {} : { labels: await loadLabels(labels, { dataset, grid: first, signal }) }),
    warnings: scans.flatMap(({ scan }): readonly Warning[] => scan.warnings),
  };
}

interface LabelTask {
  readonly dataset: TrainingDataset;
  readonly grid: Grid;
  readonly signal: AbortSignal | undefined;
}

async function loadLabels(source: LabelSource, task: LabelTask): Promise<LabelMap> {
  if (source.kind === "label-map") {
    const map = await labelMapAt(source.path, task);
    assertKnown(map, source.path, task.dataset);
    return map;
  }
  const merged = new Uint16Array(task.grid.shape.reduce((product, side) => product * side, 1));
  for (const { classId, path } of source.paths) {
    const { data } = await labelMapAt(path, task);
    for (let i = 0; i < merged.length; i++) if (data[i] !== 0) merged[i] = classId;
  }
  return labelMapOf({ ...task.grid, data: merged }, source.paths[0].path);
}

/** A label map turned to the image's axes where its own run elsewhere. */
async function labelMapAt(path: string, { grid, signal }: LabelTask): Promise<LabelMap> {
  const { channels, format } = await readScan(path, { signal });
  if (channels.length !== 1)
    throw new ShapeError({
      code: "T_LABELS",
      where: path,
      expected: "a label map of one channel",
      got: `${channels.length} channels`,
      next: "Merge them into one label map, or give one mask file per class",
    });
  const labels = labelMapOf(channels[0], path);
  // A DICOM SEG may leave out the slices that hold nothing; of any other file that is a mistake.
  if (format !== "dicom-seg" && sidesOf(labels) !== sidesOf(grid))
    throw new ShapeError({
      code: "T_SHAPE",
      where: path,
      expected: `labels of the image's size [${grid.shape}]`,
      got: `[${labels.shape}]`,
      next: "Give the labels of this image, or train without the case (--skip-bad-cases)",
    });
  if (String(labels.shape) === String(grid.shape)) {
    const nudged = nearlyOn(labels, grid);
    if (nudged !== undefined) return nudged;
  }
  return placeOnGrid(labels, grid, path);
}

/** Sides in any order, as a text to compare. */
function sidesOf({ shape }: Grid): string {
  return String([...shape].sort((first, second) => first - second));
}

/** Labels whose places differ from the image's by no more than tools round. */
function nearlyOn(labels: LabelMap, grid: Grid): LabelMap | undefined {
  try {
    assertSameGrid("labels", { found: labels, wanted: grid, toleranceMm: TOLERANCE_MM });
    return { ...labels, indexToLps: grid.indexToLps };
  } catch {
    return undefined;
  }
}

function assertFinite({ data }: Volume, where: string): void {
  if (!(data instanceof Float32Array)) return;
  const bad = data.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
  if (bad === 0) return;
  throw new FormatError({
    code: "T_NONFINITE",
    where,
    expected: "a finite number in every voxel",
    got: `${bad} voxels that are none`,
    next: "Repair the image, or train without the case (--skip-bad-cases)",
  });
}

function assertKnown({ data }: { readonly data: LabelArray }, where: string, dataset: TrainingDataset): void {
  const known = new Set([0, ...dataset.classes.map(({ id }) => id)]);
  if (dataset.ignoreLabel !== undefined) known.add(dataset.ignoreLabel);
  const unknown = new Set<number>();
  for (const id of data) if (!known.has(id)) unknown.add(id);
  if (unknown.size === 0) return;
  throw new FormatError({
    code: "T_LABEL_VALUES",
    where,
    expected: `label values ${[...known].join(", ")}`,
    got: [...unknown].slice(0, 10).join(", "),
    next: "Add them to the data set's labels, or train without the case (--skip-bad-cases)",
  });
}
