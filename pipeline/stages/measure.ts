import { type LabelExtent, labelExtentsOf } from "../kernels/label-extents.ts";
import { percentilesOf } from "../kernels/percentiles.ts";
import { momentsOf, valuesPerClass } from "../kernels/statistics.ts";
import { type Triple, transformPoint, voxelVolumeMm3Of } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import type { LabelClass } from "../volume/label-class.ts";
import { assertSameGrid, cornersOf, type Grid, type LabelMap, type Volume, type VoxelArray } from "../volume/volume.ts";

/** Intensities of one class, in the scan's own unit (HU in CT). */
export interface IntensityStatistics {
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly max: number;
}

/** What was found of one class; `null` where a class has no voxel. */
export interface ClassMeasurement {
  readonly id: number;
  readonly name: string;
  readonly voxels: number;
  readonly millilitres: number;
  readonly intensity: IntensityStatistics | null;
  /** [D, H, W] in the scan's voxels; `stop` is not included. */
  readonly boxVoxels: Box | null;
  /** Outer faces of the voxels' box, [x, y, z] in mm, LPS+. */
  readonly boxLpsMm: { readonly min: Triple; readonly max: Triple } | null;
  /** Mean position of the voxels, [x, y, z] in mm, LPS+. */
  readonly centroidLpsMm: Triple | null;
}

/**
 * Measures every class of a label map on the scan it belongs to.
 *
 * Shape:  labels and volume [D, H, W] on one grid -> one row per class, in the classes' order
 * Units:  ml, mm, the volume's intensity unit
 * Empty:  a class without voxels has 0 voxels, 0 ml and null elsewhere
 * Errors: GeometryError when the grids differ
 */
export async function measure(
  labels: LabelMap,
  { volume, classes }: { readonly volume: Volume; readonly classes: readonly LabelClass[] },
): Promise<readonly ClassMeasurement[]> {
  assertSameGrid("measure", { found: labels, wanted: volume });
  const extents = labelExtentsOf(labels.data, labels.shape);
  const values = valuesPerClass<VoxelArray>(volume.data, labels.data);
  const voxelMl = voxelVolumeMm3Of(labels.indexToLps) / 1000;
  return classes.map(({ id, name }) => {
    const extent = extents.get(id);
    const own = values.get(id);
    if (extent === undefined || own === undefined) return { id, name, ...nothingFound };
    return {
      id,
      name,
      voxels: extent.voxels,
      millilitres: extent.voxels * voxelMl,
      intensity: intensityOf(own),
      ...placeOf(extent, labels),
    };
  });
}

const nothingFound = {
  voxels: 0,
  millilitres: 0,
  intensity: null,
  boxVoxels: null,
  boxLpsMm: null,
  centroidLpsMm: null,
};

function intensityOf(values: VoxelArray): IntensityStatistics {
  const { mean, std, min, max } = momentsOf(values);
  const [p5, p25, median, p75, p95] = percentilesOf(values, [5, 25, 50, 75, 95]);
  return { mean, std, min, p5, p25, median, p75, p95, max };
}

function placeOf({ box, centroid }: LabelExtent, { indexToLps }: Grid) {
  // Voxel centres lie on whole indices, so a voxel's faces lie half a step away.
  const span = box.stop.map((stop, axis) => stop - box.start[axis]) as unknown as Triple;
  const faces = cornersOf(span).map((corner) =>
    transformPoint(indexToLps, corner.map((side, axis) => box.start[axis] + side - 0.5) as unknown as Triple),
  );
  const along = (pick: (...values: number[]) => number): Triple => [
    pick(...faces.map(([x]) => x)),
    pick(...faces.map(([, y]) => y)),
    pick(...faces.map(([, , z]) => z)),
  ];
  return {
    boxVoxels: box,
    boxLpsMm: { min: along(Math.min), max: along(Math.max) },
    centroidLpsMm: transformPoint(indexToLps, centroid),
  };
}
