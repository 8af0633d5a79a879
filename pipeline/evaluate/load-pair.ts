import { ontoGridIfSame } from "../kernels/onto-grid.ts";
import { resampleLabelsToGrid } from "../kernels/resample-labels.ts";
import { spacingMmOf } from "../volume/affine.ts";
import { FormatError, GeometryError, isNamedError } from "../volume/errors.ts";
import { gridAround } from "../volume/grid.ts";
import { defaultLimits } from "../volume/limits.ts";
import { placeOnGrid } from "../volume/place-on-grid.ts";
import type { InputFile, Warning } from "../volume/scan.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../volume/volume.ts";
import type { CasePaths } from "./pair-cases.ts";
import { type ReadLabels, type ReadLabelsOptions, readLabels } from "./read-labels.ts";

/** How a pair is read. */
export interface LoadPairOptions extends ReadLabelsOptions {
  /** Whether a prediction on another grid is put on the reference's: each class's mask linearly, the largest share wins. */
  readonly resample: boolean;
  /** Whether a case without a prediction counts as predicted empty. */
  readonly missingIsEmpty: boolean;
}

/** Two label maps on one grid. */
export interface LoadedPair {
  readonly prediction: LabelMap;
  readonly reference: LabelMap;
  /** Where the prediction's file has its voxels; absent where there is no file. */
  readonly predictionGrid?: Grid;
  readonly wasResampled: boolean;
  readonly inputs: { readonly prediction: readonly InputFile[]; readonly reference: readonly InputFile[] };
  readonly warnings: readonly Warning[];
}

/**
 * Reads a reference and its prediction.
 *
 * Shape:  both on the reference's grid; where formats leave out empty slices, on the smallest grid around both
 * Errors: FormatError E_MISSING for a case without a prediction; GeometryError E_GRID for grids that differ; as
 *         `readLabels`
 */
export async function loadPair(paths: CasePaths, options: LoadPairOptions): Promise<LoadedPair> {
  const wanted = await readLabels(paths.reference, options);
  if (paths.prediction === undefined) {
    if (!options.missingIsEmpty) throw missingError(paths.case);
    return withoutPrediction(wanted);
  }
  const found = await readLabels(paths.prediction, options);
  const placed = onOneGrid(found, wanted) ?? (await resampled(found, { wanted, path: paths.prediction, options }));
  const inputs = { prediction: found.inputs, reference: wanted.inputs };
  return {
    ...placed,
    predictionGrid: found.labels,
    inputs,
    warnings: [...wanted.warnings, ...withoutPixelSize(found.warnings), ...sameFileWarnings(inputs, paths.prediction)],
  };
}

function withoutPrediction({ labels: reference, inputs, warnings }: ReadLabels): LoadedPair {
  const prediction = volumeOf(new Uint8Array(voxelCountOf(reference.shape)), reference);
  return { prediction, reference, wasResampled: false, inputs: { prediction: [], reference: inputs }, warnings };
}

/** A predicted picture needs no pixel size of its own. */
function withoutPixelSize(warnings: readonly Warning[]): readonly Warning[] {
  return warnings.filter(({ code }) => code !== "P_SPACING");
}

type Placed = Pick<LoadedPair, "prediction" | "reference" | "wasResampled">;

/** Both maps without any resampling; undefined where their voxels do not coincide. */
function onOneGrid(found: ReadLabels, wanted: ReadLabels): Placed | undefined {
  const reference = wanted.labels;
  const isPicture = found.isPicture || wanted.isPicture;
  const haveSameShape = String(found.labels.shape) === String(reference.shape);
  // Pictures have no place, and editors write whatever resolution they like: the reference's counts.
  if (isPicture && haveSameShape)
    return { prediction: { ...found.labels, indexToLps: reference.indexToLps }, reference, wasResampled: false };
  const prediction = ontoGridIfSame(found.labels, reference);
  if (prediction !== undefined) return { prediction, reference, wasResampled: false };
  return found.isSparse || wanted.isSparse ? onGridAround(found, wanted) : undefined;
}

/** Both maps with the empty slices that one of them leaves out. */
function onGridAround(found: ReadLabels, wanted: ReadLabels): Placed | undefined {
  const grid = gridAround(wanted.labels, found.labels);
  if (voxelCountOf(grid.shape) > defaultLimits.volumeBytes) return undefined;
  const prediction = placedIfItFits(found, grid);
  const reference = placedIfItFits(wanted, grid);
  if (prediction === undefined || reference === undefined) return undefined;
  return { prediction, reference, wasResampled: false };
}

/** Only a map whose format leaves out slices may grow. */
function placedIfItFits({ labels, isSparse }: ReadLabels, grid: Grid): LabelMap | undefined {
  if (!isSparse && voxelCountOf(labels.shape) !== voxelCountOf(grid.shape)) return undefined;
  try {
    return placeOnGrid(labels, grid, "evaluate");
  } catch (error) {
    if (isNamedError(error)) return undefined;
    throw error;
  }
}

async function resampled(
  { labels }: ReadLabels,
  { wanted, path, options }: { readonly wanted: ReadLabels; readonly path: string; readonly options: LoadPairOptions },
): Promise<Placed> {
  const reference = wanted.labels;
  if (!options.resample) throw gridError(path, { found: labels, reference });
  const signal = options.signal;
  const prediction = await resampleLabelsToGrid(labels, reference, signal === undefined ? {} : { signal });
  return { prediction, reference, wasResampled: true };
}

function sameFileWarnings({ prediction, reference }: LoadedPair["inputs"], where: string): readonly Warning[] {
  const hashes = new Set(reference.map(({ sha256 }) => sha256));
  if (!prediction.some(({ sha256 }) => hashes.has(sha256))) return [];
  return [{ code: "W_SAME_FILE", where, text: "prediction and reference are the same file, byte for byte" }];
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
  const origin = [3, 7, 11].map((n) => Number(indexToLps.rows[n].toFixed(2)));
  return `[${shape}] voxels of ${spacing.join(" x ")} mm at ${origin}`;
}
