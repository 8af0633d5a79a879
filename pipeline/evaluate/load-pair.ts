import { readLabelFile } from "../io/read-label-file.ts";
import { ontoGridIfSame } from "../kernels/onto-grid.ts";
import { resampleLabelsToGrid } from "../kernels/resample-labels.ts";
import { spacingMmOf } from "../volume/affine.ts";
import { FormatError, GeometryError } from "../volume/errors.ts";
import { labelMapOf } from "../volume/label-map.ts";
import type { Scan } from "../volume/scan.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../volume/volume.ts";
import type { EvaluatedClass } from "./evaluated-classes.ts";
import type { CasePaths } from "./pair-cases.ts";

/** How a pair is read. */
export interface LoadPairOptions {
  readonly classes: readonly EvaluatedClass[];
  /** Whether a prediction on another grid is put on the reference's, each voxel having the nearest's class. */
  readonly resample: boolean;
  /** Whether a case without a prediction counts as predicted empty. */
  readonly missingIsEmpty: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Two label maps on one grid. */
export interface LoadedPair {
  readonly prediction: LabelMap;
  readonly reference: LabelMap;
  readonly wasResampled: boolean;
}

/**
 * Reads a reference and its prediction.
 *
 * Errors: FormatError E_MISSING for a case without a prediction, T_LOSSY, L_NOT_INTEGER, L_RANGE, E_CHANNELS, E_UNKNOWN;
 *         GeometryError E_GRID for grids that differ; as `readScan`
 */
export async function loadPair(paths: CasePaths, options: LoadPairOptions): Promise<LoadedPair> {
  const reference = await readLabels(paths.reference, options);
  if (paths.prediction === undefined) {
    if (!options.missingIsEmpty) throw missingError(paths.case);
    const empty = volumeOf(new Uint8Array(voxelCountOf(reference.shape)), reference);
    return { prediction: empty, reference, wasResampled: false };
  }
  const found = await readLabels(paths.prediction, options);
  const same = ontoGridIfSame(found, reference);
  if (same !== undefined) return { prediction: same, reference, wasResampled: false };
  if (!options.resample) throw gridError(paths.prediction, { found, reference });
  const prediction = await resampleLabelsToGrid(found, reference, options.signal ? { signal: options.signal } : {});
  return { prediction, reference, wasResampled: true };
}

/**
 * The label map in a file; a segmentation that names its classes gets the ids that the names have here.
 *
 * Errors: as `loadPair`
 */
export async function readLabels(
  path: string,
  { classes, signal }: Pick<LoadPairOptions, "classes" | "signal">,
): Promise<LabelMap> {
  const scan = await readLabelFile(path, { signal });
  if (scan.channels.length !== 1) throw channelsError(path, scan.channels.length);
  const labels = labelMapOf(scan.channels[0], path);
  return scan.classes === undefined ? labels : renumbered(labels, { scan, classes, path });
}

function renumbered(
  labels: LabelMap,
  { scan, classes, path }: { readonly scan: Scan; readonly classes: readonly EvaluatedClass[]; readonly path: string },
): LabelMap {
  const idOfName = new Map(classes.map(({ id, name }) => [name, id]));
  const idOf = new Map([[0, 0], ...(scan.classes ?? []).map(({ id, name }) => [id, idOfName.get(name)] as const)]);
  // A segmentation whose names are not ours may still share our numbers.
  if (![...idOf.values()].some((id) => id !== undefined && id !== 0)) return labels;
  const data = new Uint16Array(labels.data.length);
  for (let i = 0; i < data.length; i++) {
    const id = idOf.get(labels.data[i]);
    if (id === undefined) throw unknownError(path, labels.data[i]);
    data[i] = id;
  }
  return labelMapOf(volumeOf(data, labels), path);
}

function missingError(name: string): FormatError {
  return new FormatError({
    code: "E_MISSING",
    where: name,
    expected: "a prediction of the same name",
    got: "none",
    next: "Segment the case, or count missing predictions as empty with --missing empty",
  });
}

function gridError(where: string, { found, reference }: { readonly found: Grid; readonly reference: Grid }) {
  return new GeometryError({
    code: "E_GRID",
    where,
    expected: `the reference's grid, ${gridText(reference)}`,
    got: gridText(found),
    next: "Compare label maps of one scan, or resample the prediction with --resample",
  });
}

function gridText({ shape, indexToLps }: Grid): string {
  const spacing = spacingMmOf(indexToLps).map((mm) => Number(mm.toPrecision(5)));
  return `[${shape}] voxels of ${spacing.join(" x ")} mm at ${[3, 7, 11].map((n) => Number(indexToLps.rows[n].toFixed(2)))}`;
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

function unknownError(where: string, id: number): FormatError {
  return new FormatError({
    code: "E_UNKNOWN",
    where,
    expected: "classes that the reference knows by name",
    got: `label ${id}, which is not among them`,
    next: "Name the classes alike on both sides",
  });
}
