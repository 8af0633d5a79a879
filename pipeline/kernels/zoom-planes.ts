import type { Triple } from "../volume/affine.ts";
import type { VoxelArray } from "../volume/volume.ts";
import type { AxisTable } from "./axis-table.ts";
import type { Part } from "./parallel.ts";
import { prefilterAcrossInto, prefilterAlongInto, ROWS_AT_ONCE } from "./spline-prefilter.ts";

/** A separable resampling of some planes. */
export interface ZoomJob {
  /** Input planes from `firstPlane` on; where the D axis is prefiltered, its coefficients. */
  readonly input: VoxelArray;
  readonly firstPlane: number;
  /** Rows and columns of an input plane. */
  readonly height: number;
  readonly width: number;
  readonly tables: readonly [AxisTable, AxisTable, AxisTable];
  /** All output planes. */
  readonly output: Float32Array;
  /** Range that the output is kept in. */
  readonly clip: ValueRange | undefined;
}

/**
 * Fills the output planes of one part, plane by plane: each input plane is zoomed in plane once and kept only as long
 * as output planes mix it.
 *
 * Cost:   O(outputs * taps); memory for `taps of D` zoomed planes and two input planes
 */
export function zoomPlanesInto(job: ZoomJob, part: Part): void {
  const { tables, output, clip } = job;
  const [along] = tables;
  const planeSize = outputsOf(tables[1]) * outputsOf(tables[2]);
  const planes = new Float32Array(along.taps * planeSize);
  const held = new Int32Array(along.taps).fill(-1);
  const zoomPlane = planeZoomOf(job);
  const offsets = new Int32Array(along.taps);
  for (let d = part.start; d < part.stop; d++) {
    for (let t = 0; t < along.taps; t++) {
      const z = along.start[d] + t;
      const slot = z % along.taps;
      offsets[t] = slot * planeSize;
      if (held[slot] !== z) zoomPlane(planes.subarray(offsets[t], offsets[t] + planeSize), z);
      held[slot] = z;
    }
    const plane = output.subarray(d * planeSize, (d + 1) * planeSize);
    mixRowsInto(plane, {
      first: 0,
      count: planeSize,
      data: planes,
      offsets,
      weights: along.weights,
      at: d * along.taps,
    });
    if (clip !== undefined) clipInto(plane, clip);
  }
}

/** Smallest and largest finite value. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** Filters the lines along D of some rows, in place: the part of a cubic zoom that needs all planes at once. */
export function prefilterPlanesInto(
  { data, shape: [depth, height, width] }: { readonly data: Float32Array; readonly shape: Triple },
  part: Part,
): void {
  for (let h = part.start; h < part.stop; h++)
    prefilterAcrossInto(data, { first: h * width, count: width, size: depth, stride: height * width });
}

/** Filters whole planes along H, W or both, in place. */
export function prefilterInPlaneInto(
  {
    data,
    shape: [, height, width],
    alongH,
    alongW,
  }: PlaneFilter & { readonly data: Float32Array; readonly shape: Triple },
  part: Part,
): void {
  const planeSize = height * width;
  const scratch = new Float32Array(roundedUp(height) * width);
  for (let d = part.start; d < part.stop; d++) {
    const plane = data.subarray(d * planeSize, (d + 1) * planeSize);
    scratch.set(plane);
    if (alongW) prefilterAlongInto(scratch, { rows: height, size: width });
    if (alongH) prefilterAcrossInto(scratch, { first: 0, count: width, size: height, stride: width });
    plane.set(scratch.subarray(0, planeSize));
  }
}

interface PlaneFilter {
  readonly alongH: boolean;
  readonly alongW: boolean;
}

function outputsOf(table: AxisTable): number {
  return table.start.length;
}

/** A function that zooms input plane z in plane, with the scratch memory it needs. */
function planeZoomOf({ input, firstPlane, height, width, tables: [, down, across] }: ZoomJob) {
  const [outHeight, outWidth] = [outputsOf(down), outputsOf(across)];
  // The axis that shrinks goes first, so that the other has less to do.
  const downFirst = outHeight < height;
  const rows = downFirst ? outHeight : height;
  const source = new Float32Array(roundedUp(height) * width);
  const between = new Float32Array(roundedUp(rows) * (downFirst ? width : outWidth));
  return (target: Float32Array, z: number): void => {
    const from = (z - firstPlane) * height * width;
    source.set(input.subarray(from, from + height * width));
    if (downFirst) {
      zoomDownInto(between, source, { table: down, rows: height, width });
      zoomAcrossInto(target, between, { table: across, rows, width });
    } else {
      zoomAcrossInto(between, source, { table: across, rows, width });
      zoomDownInto(target, between, { table: down, rows: height, width: outWidth });
    }
  };
}

function roundedUp(rows: number): number {
  return Math.ceil(rows / ROWS_AT_ONCE) * ROWS_AT_ONCE;
}

interface PlaneAxis {
  readonly table: AxisTable;
  /** Rows and columns of the input. */
  readonly rows: number;
  readonly width: number;
}

/** Zooms along H: each output row mixes whole input rows. Uses up its input. */
function zoomDownInto(output: Float32Array, input: Float32Array, { table, rows, width }: PlaneAxis): void {
  const { taps, start, weights, prefiltered } = table;
  if (prefiltered) prefilterAcrossInto(input, { first: 0, count: width, size: rows, stride: width });
  const offsets = new Int32Array(taps);
  for (let h = 0; h < start.length; h++) {
    for (let t = 0; t < taps; t++) offsets[t] = (start[h] + t) * width;
    mixRowsInto(output, { first: h * width, count: width, data: input, offsets, weights, at: h * taps });
  }
}

/** Zooms along W: each output mixes neighbours in memory. Uses up its input. */
function zoomAcrossInto(output: Float32Array, input: Float32Array, { table, rows, width }: PlaneAxis): void {
  const { taps, prefiltered } = table;
  if (prefiltered) prefilterAlongInto(input, { rows, size: width });
  const zoomRow = rowZooms.get(taps) ?? zoomRowInto;
  const outputs = outputsOf(table);
  for (let h = 0; h < rows; h++) zoomRow(output, input, { table, to: h * outputs, from: h * width });
}

/** The unrolled loops by number of taps. */
const rowZooms = new Map([
  [1, pickRowInto],
  [2, zoomRowBy2Into],
  [4, zoomRowBy4Into],
]);

interface RowZoom {
  readonly table: AxisTable;
  readonly to: number;
  readonly from: number;
}

function pickRowInto(output: Float32Array, input: Float32Array, { table: { start }, to, from }: RowZoom): void {
  for (let w = 0; w < start.length; w++) output[to + w] = input[from + start[w]];
}

function zoomRowBy2Into(output: Float32Array, input: Float32Array, { table, to, from }: RowZoom): void {
  const { start, weights } = table;
  for (let w = 0; w < start.length; w++) {
    const i = from + start[w];
    output[to + w] = weights[2 * w] * input[i] + weights[2 * w + 1] * input[i + 1];
  }
}

function zoomRowBy4Into(output: Float32Array, input: Float32Array, { table, to, from }: RowZoom): void {
  const { start, weights } = table;
  for (let w = 0; w < start.length; w++) {
    const i = from + start[w];
    const k = 4 * w;
    output[to + w] =
      weights[k] * input[i] +
      weights[k + 1] * input[i + 1] +
      weights[k + 2] * input[i + 2] +
      weights[k + 3] * input[i + 3];
  }
}

function zoomRowInto(output: Float32Array, input: Float32Array, { table, to, from }: RowZoom): void {
  const { taps, start, weights } = table;
  for (let w = 0; w < start.length; w++) {
    let sum = 0;
    for (let t = 0; t < taps; t++) sum += weights[w * taps + t] * input[from + start[w] + t];
    output[to + w] = sum;
  }
}

/** One output row as a weighted sum of rows that lie at `offsets` in `data`. */
interface RowMix {
  readonly first: number;
  readonly count: number;
  readonly data: Float32Array;
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
  /** Where this row's weights begin. */
  readonly at: number;
}

function mixRowsInto(output: Float32Array, mix: RowMix): void {
  if (mix.offsets.length === 1) output.set(mix.data.subarray(mix.offsets[0], mix.offsets[0] + mix.count), mix.first);
  else if (mix.offsets.length === 2) mixTwoRowsInto(output, mix);
  else if (mix.offsets.length === 4) mixFourRowsInto(output, mix);
  else addRowsInto(output, mix);
}

function mixTwoRowsInto(output: Float32Array, { first, count, data, offsets, weights, at }: RowMix): void {
  const a = offsets[0];
  const b = offsets[1];
  const p = weights[at];
  const q = weights[at + 1];
  for (let i = 0; i < count; i++) output[first + i] = p * data[a + i] + q * data[b + i];
}

function mixFourRowsInto(output: Float32Array, { first, count, data, offsets, weights, at }: RowMix): void {
  const a = offsets[0];
  const b = offsets[1];
  const c = offsets[2];
  const d = offsets[3];
  const p = weights[at];
  const q = weights[at + 1];
  const r = weights[at + 2];
  const s = weights[at + 3];
  for (let i = 0; i < count; i++)
    output[first + i] = p * data[a + i] + q * data[b + i] + r * data[c + i] + s * data[d + i];
}

function addRowsInto(output: Float32Array, { first, count, data, offsets, weights, at }: RowMix): void {
  output.fill(0, first, first + count);
  for (let t = 0; t < offsets.length; t++) {
    const [offset, weight] = [offsets[t], weights[at + t]];
    if (weight !== 0) for (let i = 0; i < count; i++) output[first + i] += weight * data[offset + i];
  }
}

export function clipInto(values: Float32Array, { min, max }: ValueRange): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] < min) values[i] = min;
    else if (values[i] > max) values[i] = max;
  }
}
