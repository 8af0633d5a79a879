import type { Triple } from "../volume/affine.ts";
import { type Volume, type VoxelArray, volumeOf, voxelCountOf } from "../volume/volume.ts";
import { type ObliqueJob, sampleInto, sampleLinearInto } from "./oblique-voxels.ts";
import { inParts } from "./parallel.ts";
import { arrayOf, copyInto, isShared, nextTurn } from "./shared-memory.ts";
import { clipOf, isLarge, type Method, smoothed } from "./zoom.ts";
import { prefilterInPlaneInto, prefilterPlanesInto } from "./zoom-planes.ts";

/** Voxels wanted anywhere in the source. */
export interface ObliqueSampling {
  readonly shape: Triple;
  /** Three rows of four: target index to source index. */
  readonly targetToSource: readonly number[];
  /** Value of voxels farther than half a voxel beyond the source, or `edge` for the border's. */
  readonly outside: number | "edge";
}

/** Work for a voxel of 64 neighbours, as against one of eight. */
const CUBIC_EFFORT = 8;

/** Copies of the border voxels around a source whose spline coefficients are wanted one voxel beyond it. */
const SPLINE_FRAME = 3;

const voxelsModule = new URL("./oblique-voxels.js", import.meta.url).href;
const planesModule = new URL("./zoom-planes.js", import.meta.url).href;

/** The values of a volume at voxels whose axes run across its own. */
export async function sampledObliquely(
  volume: Volume,
  { shape, targetToSource, outside }: ObliqueSampling,
  method: Method,
): Promise<Float32Array> {
  const { interpolation, sigmaVoxels, signal } = method;
  const isLinear = interpolation.every((one) => one === "linear");
  const threaded = isLarge(volume.shape, shape, isLinear ? 1 : CUBIC_EFFORT);
  const data = Math.max(...sigmaVoxels) > 0 ? await smoothed(volume, method) : volume.data;
  const source = volumeOf(data, volume);
  const frame = isLinear ? 0 : SPLINE_FRAME;
  const input = isLinear ? await floatsOf(data, threaded) : await coefficientsOf(source, { threaded, method });
  const output = arrayOf(Float32Array, { length: voxelCountOf(shape), shared: threaded });
  const clip = clipOf(volume.data, method);
  const voxels = { input, inputShape: volume.shape, frame, output, outputShape: shape };
  const job: ObliqueJob = { ...voxels, targetToSource, outside, interpolation, clip };
  const kernel = isLinear ? sampleLinearInto : sampleInto;
  await inParts(kernel, { module: voxelsModule, count: shape[0], threaded, jobOf: () => ({ job }), signal });
  return output;
}

/** The values as floats where all threads see them; no copy where they are so already. */
async function floatsOf(data: VoxelArray, threaded: boolean): Promise<Float32Array> {
  if (data instanceof Float32Array && (isShared(data) || !threaded)) return data;
  const floats = arrayOf(Float32Array, { length: data.length, shared: threaded });
  await copyInto(floats, data);
  return floats;
}

/** A framed float copy, filtered to spline coefficients along its cubic axes. */
async function coefficientsOf(
  volume: Volume,
  { threaded, method: { interpolation, signal } }: { readonly threaded: boolean; readonly method: Method },
): Promise<Float32Array> {
  const shape = volume.shape.map((side) => side + 2 * SPLINE_FRAME) as unknown as Triple;
  const data = arrayOf(Float32Array, { length: voxelCountOf(shape), shared: threaded });
  await frameInto(data, volume);
  const [alongD, alongH, alongW] = interpolation.map((one) => one === "cubic");
  const options = { module: planesModule, threaded, signal };
  const inPlane = () => ({ job: { data, shape, alongH, alongW } });
  if (alongD)
    await inParts(prefilterPlanesInto, { ...options, count: shape[1], jobOf: () => ({ job: { data, shape } }) });
  if (alongH || alongW) await inParts(prefilterInPlaneInto, { ...options, count: shape[0], jobOf: inPlane });
  return data;
}

/** Copies a volume into the middle of a larger one and its border voxels into the frame around. */
async function frameInto(framed: Float32Array, { data, shape: [depth, height, width] }: Volume): Promise<void> {
  const rowSize = width + 2 * SPLINE_FRAME;
  let to = 0;
  for (let d = -SPLINE_FRAME; d < depth + SPLINE_FRAME; d++) {
    for (let h = -SPLINE_FRAME; h < height + SPLINE_FRAME; h++, to += rowSize) {
      const from = (clamped(d, depth) * height + clamped(h, height)) * width;
      framed.fill(data[from], to, to + SPLINE_FRAME);
      framed.set(data.subarray(from, from + width), to + SPLINE_FRAME);
      framed.fill(data[from + width - 1], to + SPLINE_FRAME + width, to + rowSize);
    }
    await nextTurn();
  }
}

function clamped(index: number, side: number): number {
  return Math.min(Math.max(index, 0), side - 1);
}
