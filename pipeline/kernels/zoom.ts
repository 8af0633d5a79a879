import type { Triple } from "../volume/affine.ts";
import { type Volume, type VoxelArray, voxelCountOf } from "../volume/volume.ts";
import { type AxisTable, axisTableOf, type Interpolation } from "./axis-table.ts";
import { inParts, type Part, type PartJob } from "./parallel.ts";
import { insideRange } from "./sampling.ts";
import { arrayOf, copyInto, isShared } from "./shared-memory.ts";
import { momentsOf } from "./statistics.ts";
import { prefilterPlanesInto, type ValueRange, type ZoomJob, zoomPlanesInto } from "./zoom-planes.ts";

/** How values between voxels are found, worked out for each axis. */
export interface Method {
  readonly interpolation: readonly [Interpolation, Interpolation, Interpolation];
  /** Gaussian that smooths the source first; 0 for none. Units: source voxels */
  readonly sigmaVoxels: Triple;
  readonly overshoot: "keep" | "clip";
  readonly signal: AbortSignal | undefined;
}

/** Voxels wanted along the source's own axes: index m of the target lies at `scale * m + offset`, scale positive. */
export interface AlignedSampling {
  readonly shape: Triple;
  readonly scale: Triple;
  readonly offset: Triple;
  /** Value of voxels farther than half a voxel beyond the source, or `edge` for the border's. */
  readonly outside: number | "edge";
}

type Tables = ZoomJob["tables"];

/** Voxels, of the source or of the result, from which threads are used: some 50 ms of work. */
const VOXELS_FOR_THREADS = 2 ** 22;

/** Planes that a part has at least: those that two parts both need are zoomed twice. */
const PLANES_PER_PART = 4;

const planesModule = new URL("./zoom-planes.js", import.meta.url).href;

/** Whether resampling between two shapes is worth threads; `effort` says how many times a linear zoom's work it is. */
export function isLarge(first: Triple, second: Triple, effort = 1): boolean {
  return effort * Math.max(voxelCountOf(first), voxelCountOf(second)) >= VOXELS_FOR_THREADS;
}

/** The values of a volume at voxels along its own axes. */
export async function zoomed(volume: Volume, sampling: AlignedSampling, method: Method): Promise<Float32Array> {
  const { signal } = method;
  const tables = tablesOf(volume.shape, sampling, method);
  const threaded = isLarge(volume.shape, sampling.shape);
  const data = tables[0].prefiltered ? await splineAlongD(volume, { threaded, signal }) : volume.data;
  const output = arrayOf(Float32Array, { length: voxelCountOf(sampling.shape), shared: threaded });
  const clip = clipOf(volume.data, method);
  const [, height, width] = volume.shape;
  const jobOf = (part: Part): PartJob<ZoomJob> => {
    const { planes, ...where } = planesFor(part, { data, table: tables[0], planeSize: height * width, threaded });
    const transfer = threaded && !isShared(planes) ? [planes.buffer as ArrayBuffer] : [];
    return { job: { input: planes, ...where, height, width, tables, output, clip }, transfer };
  };
  const count = sampling.shape[0];
  await inParts(zoomPlanesInto, { module: planesModule, count, smallest: PLANES_PER_PART, threaded, jobOf, signal });
  fillOutside(output, volume.shape, sampling);
  return output;
}

/** The volume's values smoothed by a Gaussian. */
export function smoothed(volume: Volume, { sigmaVoxels, signal }: Pick<Method, "sigmaVoxels" | "signal">) {
  const sameVoxels: AlignedSampling = { shape: volume.shape, scale: [1, 1, 1], offset: [0, 0, 0], outside: "edge" };
  const interpolation = ["nearest", "nearest", "nearest"] as const;
  return zoomed(volume, sameVoxels, { interpolation, sigmaVoxels, overshoot: "keep", signal });
}

/** Range to clip to, where cubic interpolation could leave it and the user does not want that. */
export function clipOf(data: VoxelArray, { interpolation, overshoot }: Method): ValueRange | undefined {
  return overshoot === "clip" && interpolation.includes("cubic") ? momentsOf(data) : undefined;
}

function tablesOf(shape: Triple, sampling: AlignedSampling, { interpolation, sigmaVoxels }: Method): Tables {
  const tableOf = (axis: number): AxisTable =>
    axisTableOf({
      inputs: shape[axis],
      outputs: sampling.shape[axis],
      scale: sampling.scale[axis],
      offset: sampling.offset[axis],
      interpolation: interpolation[axis],
      sigmaVoxels: sigmaVoxels[axis],
    });
  return [tableOf(0), tableOf(1), tableOf(2)];
}

/** A float copy of the volume, filtered to spline coefficients along D. */
async function splineAlongD(
  { data, shape }: Volume,
  { threaded, signal }: { readonly threaded: boolean; readonly signal: AbortSignal | undefined },
): Promise<Float32Array> {
  const coefficients = arrayOf(Float32Array, { length: data.length, shared: threaded });
  await copyInto(coefficients, data);
  const jobOf = () => ({ job: { data: coefficients, shape } });
  await inParts(prefilterPlanesInto, { module: planesModule, count: shape[1], threaded, jobOf, signal });
  return coefficients;
}

/** The input planes that a part of the output mixes: a view where memory is shared anyhow, else a copy to give away. */
function planesFor(
  part: Part,
  {
    data,
    table: { start, taps },
    planeSize,
    threaded,
  }: { readonly data: VoxelArray; readonly table: AxisTable; readonly planeSize: number; readonly threaded: boolean },
): { readonly planes: VoxelArray; readonly firstPlane: number } {
  const firstPlane = start[part.start];
  const range = [firstPlane * planeSize, (start[part.stop - 1] + taps) * planeSize] as const;
  return { planes: threaded && !isShared(data) ? data.slice(...range) : data.subarray(...range), firstPlane };
}

/** Sets the voxels that lie beyond the source's outer faces. */
function fillOutside(output: Float32Array, source: Triple, { shape, scale, offset, outside }: AlignedSampling): void {
  if (outside === "edge") return;
  const [depth, height, width] = shape;
  const insideOf = (axis: number) =>
    insideRange({ inputs: source[axis], outputs: shape[axis] }, { scale: scale[axis], offset: offset[axis] });
  const [inD, inH, inW] = [insideOf(0), insideOf(1), insideOf(2)];
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      const row = (d * height + h) * width;
      const isInside = d >= inD.start && d < inD.stop && h >= inH.start && h < inH.stop;
      output.fill(outside, row, row + (isInside ? inW.start : width));
      if (isInside) output.fill(outside, row + inW.stop, row + width);
    }
}
