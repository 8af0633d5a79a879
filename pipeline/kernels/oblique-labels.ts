import type { Triple } from "../volume/affine.ts";
import type { LabelArray } from "../volume/volume.ts";
import { lowestInside, type Ray, rayOf } from "./oblique-voxels.ts";
import type { Part } from "./parallel.ts";

/** Class ids wanted anywhere in a label map. */
export interface LabelJob {
  readonly input: LabelArray;
  readonly inputShape: Triple;
  /** Three rows of four: target index to source index. */
  readonly targetToSource: readonly number[];
  readonly output: LabelArray;
  readonly outputShape: Triple;
  /** Class of voxels beyond the source, or `edge` for the border's. */
  readonly outside: number | "edge";
}

/** Shares closer than this are a tie, whatever the rounding; the lower class id wins. */
const SHARE_TOLERANCE = 1e-9;

/** As in the weights of images: half way counts as there. */
const HALF = 0.5 + 1e-9;

type RowOf = { readonly first: number; readonly count: number };

/** Fills the output planes of one part with the class of the nearest voxel. */
export function sampleNearestLabelsInto(job: LabelJob, part: Part): void {
  eachRow(job, part, (ray, row) => nearestRowInto(job, ray, row));
}

/** Fills the output planes of one part with the class of the largest linearly interpolated share. */
export function sampleMajorityLabelsInto(job: LabelJob, part: Part): void {
  const tally = { ids: new Uint16Array(8), shares: new Float64Array(8) };
  eachRow(job, part, (ray, row) => majorityRowInto(job, ray, { ...row, tally }));
}

function eachRow({ outputShape, targetToSource }: LabelJob, part: Part, fill: (ray: Ray, row: RowOf) => void): void {
  const [, height, width] = outputShape;
  for (let d = part.start; d < part.stop; d++)
    for (let h = 0; h < height; h++)
      fill(rayOf(targetToSource, d, h), { first: (d * height + h) * width, count: width });
}

function nearestRowInto(
  { input, inputShape, output, outside }: LabelJob,
  { begin, step }: Ray,
  { first, count }: RowOf,
): void {
  const [lastZ, lastY, lastX] = [inputShape[0] - 1, inputShape[1] - 1, inputShape[2] - 1];
  const low = lowestInside(outside);
  const blank = outside === "edge" ? 0 : outside;
  for (let w = 0; w < count; w++) {
    const z = begin[0] + w * step[0];
    const y = begin[1] + w * step[1];
    const x = begin[2] + w * step[2];
    const isOutside = z < low || y < low || x < low || z > lastZ - low || y > lastY - low || x > lastX - low;
    output[first + w] = isOutside
      ? blank
      : input[(nearest(z, lastZ) * inputShape[1] + nearest(y, lastY)) * inputShape[2] + nearest(x, lastX)];
  }
}

/** The nearest index to a coordinate along an axis. */
export function nearest(x: number, last: number): number {
  return (Math.min(Math.max(x, 0), last) + HALF) | 0;
}

function majorityRowInto(
  { input, inputShape, output, outside }: LabelJob,
  { begin, step }: Ray,
  { first, count, tally }: RowOf & { readonly tally: Tally },
): void {
  const [lastZ, lastY, lastX] = [inputShape[0] - 1, inputShape[1] - 1, inputShape[2] - 1];
  const [strideZ, strideY] = [inputShape[1] * inputShape[2], inputShape[2]];
  const low = lowestInside(outside);
  const blank = outside === "edge" ? 0 : outside;
  for (let w = 0; w < count; w++) {
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
    const dx = x0 < lastX ? 1 : 0;
    const dy = y0 < lastY ? strideY : 0;
    const i = z0 * strideZ + y0 * strideY + x0;
    const j = z0 < lastZ ? i + strideZ : i;
    const id = input[i];
    const sameNear = input[i + dx] === id && input[i + dy] === id && input[i + dy + dx] === id;
    const sameFar = input[j] === id && input[j + dx] === id && input[j + dy] === id && input[j + dy + dx] === id;
    if (sameNear && sameFar) {
      output[first + w] = id;
      continue;
    }
    const neighbours = { z: z - z0, y: y - y0, x: x - x0, i, j, dx, dy };
    output[first + w] = majorityOf(input, neighbours, tally);
  }
}

/** Where eight neighbours lie in memory, and how far the voxel is on the way from the first to the last. */
interface Neighbours {
  readonly z: number;
  readonly y: number;
  readonly x: number;
  readonly i: number;
  readonly j: number;
  readonly dx: number;
  readonly dy: number;
}

/** Scratch memory for the classes of eight neighbours and the share of each. */
interface Tally {
  readonly ids: Uint16Array;
  readonly shares: Float64Array;
}

/** The class with the largest sum of shares. */
function majorityOf(input: LabelArray, { z, y, x, i, j, dx, dy }: Neighbours, { ids, shares }: Tally): number {
  let classes = 0;
  for (let n = 0; n < 8; n++) {
    const id = input[(n & 4 ? j : i) + (n & 2 ? dy : 0) + (n & 1 ? dx : 0)];
    const share = (n & 4 ? z : 1 - z) * (n & 2 ? y : 1 - y) * (n & 1 ? x : 1 - x);
    let c = 0;
    while (c < classes && ids[c] !== id) c++;
    if (c < classes) shares[c] += share;
    else {
      ids[classes] = id;
      shares[classes++] = share;
    }
  }
  let best = 0;
  for (let c = 1; c < classes; c++) {
    const isTie = Math.abs(shares[c] - shares[best]) <= SHARE_TOLERANCE;
    if (isTie ? ids[c] < ids[best] : shares[c] > shares[best]) best = c;
  }
  return ids[best];
}
