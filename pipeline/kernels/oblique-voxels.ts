import type { Triple } from "../volume/affine.ts";
import type { Interpolation } from "./axis-table.ts";
import type { Part } from "./parallel.ts";
import { INSIDE_TOLERANCE } from "./sampling.ts";
import { clipInto, type ValueRange } from "./zoom-planes.ts";

/** Voxels that lie anyhow in the source. */
export interface ObliqueJob {
  readonly input: Float32Array;
  readonly inputShape: Triple;
  /** Voxels that frame the source on all sides in `input`; the coordinates do not count them. */
  readonly frame: number;
  /** Three rows of four: target index to source index. */
  readonly targetToSource: readonly number[];
  readonly output: Float32Array;
  readonly outputShape: Triple;
  readonly outside: number | "edge";
  readonly interpolation: readonly [Interpolation, Interpolation, Interpolation];
  readonly clip: ValueRange | undefined;
}

/** Where a row of the target begins in the source and how it goes on. */
export interface Ray {
  readonly begin: Triple;
  readonly step: Triple;
}

/** The target's row [d, h] in the source. */
export function rayOf(targetToSource: readonly number[], d: number, h: number): Ray {
  const at = (row: number) => targetToSource[row] * d + targetToSource[row + 1] * h + targetToSource[row + 3];
  return { begin: [at(0), at(4), at(8)], step: [targetToSource[2], targetToSource[6], targetToSource[10]] };
}

/** Lowest coordinate that is inside; the highest is the side less 1 less this. */
export function lowestInside(outside: number | "edge"): number {
  return outside === "edge" ? -Infinity : -0.5 - INSIDE_TOLERANCE;
}

/** Some voxels of a row of the target, whose own voxel 0 lies at `first` in the output. */
export interface RowSpan {
  readonly first: number;
  readonly start: number;
  readonly stop: number;
}

/** Fills the output planes of one part, linear along all axes. The source has no frame. */
export function sampleLinearInto(job: ObliqueJob, part: Part): void {
  const [, height, width] = job.outputShape;
  for (let d = part.start; d < part.stop; d++)
    for (let h = 0; h < height; h++) {
      const ray = rayOf(job.targetToSource, d, h);
      const first = (d * height + h) * width;
      const { start, stop } = interiorOf(ray, job.inputShape, width);
      sampleLinearBorderInto(job, ray, { first, start: 0, stop: start });
      sampleLinearInteriorInto(job, ray, { first, start, stop });
      sampleLinearBorderInto(job, ray, { first, start: stop, stop: width });
    }
}

/** The voxels of a row, `count` long, whose next neighbours along all axes lie in the source too. */
export function interiorOf({ begin, step }: Ray, inputShape: Triple, count: number): Part {
  let start = 0;
  let stop = count;
  for (let axis = 0; axis < 3; axis++) {
    const last = inputShape[axis] - 1;
    const isInside = (w: number) => begin[axis] + w * step[axis] >= 0 && begin[axis] + w * step[axis] < last;
    if (step[axis] !== 0) {
      const [enter, leave] = [-begin[axis] / step[axis], (last - begin[axis]) / step[axis]];
      start = Math.max(start, Math.ceil(Math.min(enter, leave)));
      stop = Math.min(stop, Math.floor(Math.max(enter, leave)) + 1);
    }
    // What the divisions rounded, and rows along which the axis stands still.
    while (start < stop && !isInside(start)) start++;
    while (start < stop && !isInside(stop - 1)) stop--;
  }
  return start < stop ? { start, stop } : { start: 0, stop: 0 };
}

/** The inner loop: eight neighbours, none of them missing. */
function sampleLinearInteriorInto(
  { input, inputShape, output }: ObliqueJob,
  { begin: [beginZ, beginY, beginX], step: [stepZ, stepY, stepX] }: Ray,
  { first, start, stop }: RowSpan,
): void {
  const [strideZ, strideY] = [inputShape[1] * inputShape[2], inputShape[2]];
  for (let w = start; w < stop; w++) {
    const z = beginZ + w * stepZ;
    const y = beginY + w * stepY;
    const x = beginX + w * stepX;
    const z0 = z | 0;
    const y0 = y | 0;
    const x0 = x | 0;
    const fy = y - y0;
    const fx = x - x0;
    const i = z0 * strideZ + y0 * strideY + x0;
    const iNext = i + strideY;
    const j = i + strideZ;
    const jNext = j + strideY;
    const p = input[i];
    const q = input[iNext];
    const r = input[j];
    const s = input[jNext];
    const i0 = p + fx * (input[i + 1] - p);
    const i1 = q + fx * (input[iNext + 1] - q);
    const j0 = r + fx * (input[j + 1] - r);
    const j1 = s + fx * (input[jNext + 1] - s);
    const near = i0 + fy * (i1 - i0);
    const far = j0 + fy * (j1 - j0);
    output[first + w] = near + (z - z0) * (far - near);
  }
}

/** The same at the source's border and beyond: neighbours past the last voxel are replaced by it. */
function sampleLinearBorderInto(
  { input, inputShape, output, outside }: ObliqueJob,
  { begin, step }: Ray,
  { first, start, stop }: RowSpan,
): void {
  const [lastZ, lastY, lastX] = [inputShape[0] - 1, inputShape[1] - 1, inputShape[2] - 1];
  const [strideZ, strideY] = [inputShape[1] * inputShape[2], inputShape[2]];
  const low = lowestInside(outside);
  const blank = outside === "edge" ? 0 : outside;
  for (let w = start; w < stop; w++) {
    let z = begin[0] + w * step[0];
    let y = begin[1] + w * step[1];
    let x = begin[2] + w * step[2];
    if (z < low || y < low || x < low || z > lastZ - low || y > lastY - low || x > lastX - low) {
      output[first + w] = blank;
      continue;
    }
    z = Math.min(Math.max(z, 0), lastZ);
    y = Math.min(Math.max(y, 0), lastY);
    x = Math.min(Math.max(x, 0), lastX);
    const z0 = z | 0;
    const y0 = y | 0;
    const x0 = x | 0;
    const fx = x - x0;
    const fy = y - y0;
    const dx = x0 < lastX ? 1 : 0;
    const dy = y0 < lastY ? strideY : 0;
    const i = z0 * strideZ + y0 * strideY + x0;
    const j = z0 < lastZ ? i + strideZ : i;
    const i0 = input[i] + fx * (input[i + dx] - input[i]);
    const i1 = input[i + dy] + fx * (input[i + dy + dx] - input[i + dy]);
    const j0 = input[j] + fx * (input[j + dx] - input[j]);
    const j1 = input[j + dy] + fx * (input[j + dy + dx] - input[j + dy]);
    const near = i0 + fy * (i1 - i0);
    const far = j0 + fy * (j1 - j0);
    output[first + w] = near + (z - z0) * (far - near);
  }
}

/** Fills the output planes of one part, each axis its own way. Cubic axes hold spline coefficients. */
export function sampleInto(job: ObliqueJob, part: Part): void {
  const [, height, width] = job.outputShape;
  for (let d = part.start; d < part.stop; d++)
    for (let h = 0; h < height; h++)
      sampleRowInto(job, rayOf(job.targetToSource, d, h), { first: (d * height + h) * width, count: width });
  const planeSize = height * width;
  if (job.clip !== undefined) clipInto(job.output.subarray(part.start * planeSize, part.stop * planeSize), job.clip);
}

/** Neighbours that each interpolation weighs. */
const reach = { nearest: 1, linear: 2, cubic: 4 } as const;

function sampleRowInto(
  { input, inputShape, frame, interpolation, output, outside }: ObliqueJob,
  { begin, step }: Ray,
  { first, count }: { readonly first: number; readonly count: number },
): void {
  const [lastZ, lastY, lastX] = [inputShape[0] - 1, inputShape[1] - 1, inputShape[2] - 1];
  const strideY = inputShape[2] + 2 * frame;
  const strideZ = strideY * (inputShape[1] + 2 * frame);
  const [tapsZ, tapsY, tapsX] = [reach[interpolation[0]], reach[interpolation[1]], reach[interpolation[2]]];
  const weights = new Float64Array(12);
  const low = lowestInside(outside);
  const blank = outside === "edge" ? 0 : outside;
  for (let w = 0; w < count; w++) {
    const z = begin[0] + w * step[0];
    const y = begin[1] + w * step[1];
    const x = begin[2] + w * step[2];
    if (z < low || y < low || x < low || z > lastZ - low || y > lastY - low || x > lastX - low) {
      output[first + w] = blank;
      continue;
    }
    const z0 = weightsInto(weights, 0, { taps: tapsZ, x: z, last: lastZ }) + frame;
    const y0 = weightsInto(weights, 4, { taps: tapsY, x: y, last: lastY }) + frame;
    const x0 = weightsInto(weights, 8, { taps: tapsX, x, last: lastX }) + frame;
    let sum = 0;
    for (let c = 0; c < tapsZ; c++)
      for (let b = 0; b < tapsY; b++) {
        const i = (z0 + c) * strideZ + (y0 + b) * strideY + x0;
        let row = weights[8] * input[i];
        if (tapsX > 1) row += weights[9] * input[i + 1];
        if (tapsX > 2) row += weights[10] * input[i + 2] + weights[11] * input[i + 3];
        sum += weights[c] * weights[4 + b] * row;
      }
    output[first + w] = sum;
  }
}

/** Writes one axis's weights; returns the first neighbour. One voxel beyond the ends, everything is as at the ends. */
function weightsInto(
  weights: Float64Array,
  at: number,
  { taps, x: anywhere, last }: { readonly taps: 1 | 2 | 4; readonly x: number; readonly last: number },
): number {
  const x = Math.min(Math.max(anywhere, -1), last + 1);
  if (taps === 1) {
    weights[at] = 1;
    return Math.floor(x + 0.5);
  }
  const floor = Math.floor(x);
  const t = x - floor;
  const s = 1 - t;
  if (taps === 2) {
    weights[at] = s;
    weights[at + 1] = t;
    return floor;
  }
  // Six times the cubic B-spline: the coefficients carry a sixth.
  weights[at] = s * s * s;
  weights[at + 1] = 4 - 6 * t * t + 3 * t * t * t;
  weights[at + 2] = 4 - 6 * s * s + 3 * s * s * s;
  weights[at + 3] = t * t * t;
  return floor - 1;
}
