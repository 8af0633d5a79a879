import { SPLINE_POLE } from "./axis-table.ts";

/** Rows filtered side by side, to hide the delay of one recursion behind the others. */
export const ROWS_AT_ONCE = 4;

/** First causal and, below, last anticausal coefficients of a signal that goes on with its end values. */
const CAUSAL_GAIN = 1 / (1 - SPLINE_POLE);
const ANTICAUSAL_GAIN = -SPLINE_POLE / (1 - SPLINE_POLE ** 2);

/**
 * Turns the samples along an axis across memory rows into a sixth of their cubic spline coefficients, in place.
 *
 * Shape:  `count` lines side by side from `first` on; the axis has `size` samples `stride` apart
 * Source: Unser 1999, doi:10.1109/79.799930; ends as if the signal went on with its first and last value
 */
export function prefilterAcrossInto(
  data: Float32Array,
  { first, count, size, stride }: { first: number; count: number; size: number; stride: number },
): void {
  for (let i = first; i < first + count; i++) data[i] *= CAUSAL_GAIN;
  for (let n = 1; n < size; n++) {
    const row = first + n * stride;
    for (let i = row; i < row + count; i++) data[i] += SPLINE_POLE * data[i - stride];
  }
  const last = first + (size - 1) * stride;
  for (let i = last; i < last + count; i++) data[i] = lastCoefficient(data[i], size > 1 ? data[i - stride] : 0, size);
  for (let n = size - 2; n >= 0; n--) {
    const row = first + n * stride;
    for (let i = row; i < row + count; i++) data[i] = SPLINE_POLE * (data[i + stride] - data[i]);
  }
}

/**
 * The same along memory rows.
 *
 * Shape:  data [rows rounded up to a multiple of ROWS_AT_ONCE, size]; rows past the end may hold anything
 */
export function prefilterAlongInto(data: Float32Array, { rows, size }: { rows: number; size: number }): void {
  for (let r = 0; r < rows; r += ROWS_AT_ONCE) filterFourRows(data, r * size, size);
}

function filterFourRows(data: Float32Array, first: number, size: number): void {
  for (let row = first; row < first + ROWS_AT_ONCE * size; row += size) data[row] *= CAUSAL_GAIN;
  let [p, q, r, s] = [data[first], data[first + size], data[first + 2 * size], data[first + 3 * size]];
  for (let i = first + 1; i < first + size; i++) {
    data[i] = p = data[i] + SPLINE_POLE * p;
    data[i + size] = q = data[i + size] + SPLINE_POLE * q;
    data[i + 2 * size] = r = data[i + 2 * size] + SPLINE_POLE * r;
    data[i + 3 * size] = s = data[i + 3 * size] + SPLINE_POLE * s;
  }
  const last = first + size - 1;
  for (let i = last; i <= last + 3 * size; i += size) data[i] = lastCoefficient(data[i], data[i - 1], size);
  [p, q, r, s] = [data[last], data[last + size], data[last + 2 * size], data[last + 3 * size]];
  for (let i = last - 1; i >= first; i--) {
    data[i] = p = SPLINE_POLE * (p - data[i]);
    data[i + size] = q = SPLINE_POLE * (q - data[i + size]);
    data[i + 2 * size] = r = SPLINE_POLE * (r - data[i + 2 * size]);
    data[i + 3 * size] = s = SPLINE_POLE * (s - data[i + 3 * size]);
  }
}

/** The coefficient of the last sample from the causal values there and before it. */
function lastCoefficient(causal: number, before: number, size: number): number {
  const sample = size > 1 ? causal - SPLINE_POLE * before : causal / CAUSAL_GAIN;
  const limit = sample * CAUSAL_GAIN;
  return -SPLINE_POLE * limit * CAUSAL_GAIN + ANTICAUSAL_GAIN * (causal - limit);
}
