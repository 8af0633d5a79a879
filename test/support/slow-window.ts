import type { PredictRequest } from "../../pipeline/runtime/network.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";

/** A network as a plain function of one patch: [C, D, H, W] -> [classes, D, H, W]. */
export type PatchFunction = (patch: Float64Array, size: Triple) => Float64Array;

/** What the slow window needs. */
export interface SlowWindowOptions {
  readonly network: PatchFunction;
  readonly channels: number;
  readonly classes: number;
  readonly patch: Triple;
}

/**
 * The sliding window in the plainest words: pad the volume, keep the scores of all classes for all voxels in double
 * precision, add every view times its Gaussian, divide by the sum of the Gaussians, crop, interpolate at each voxel.
 *
 * Shape: scores [classes, output D, H, W]
 */
export function slowScores(
  { image, shape, outputShape = shape, overlap = 0.5, mirrorAxes = [], interpolation }: PredictRequest,
  { network, channels, classes, patch }: SlowWindowOptions,
): Float64Array {
  const padded = shape.map((side, a) => Math.max(side, patch[a])) as unknown as Triple;
  const before = padded.map((side, a) => Math.floor((side - shape[a]) / 2));
  const volume = new Float64Array(channels * count(padded));
  forEach(shape, (d, h, w) => {
    for (let c = 0; c < channels; c++)
      volume[at(padded, c, d + before[0], h + before[1], w + before[2])] = image[at(shape, c, d, h, w)];
  });
  const sum = new Float64Array(classes * count(padded));
  const weight = new Float64Array(count(padded));
  const starts = padded.map((side, a) => slowStarts(side, patch[a], 1 - overlap));
  const flips = [0, 1, 2].map((axis) => (mirrorAxes.includes(axis) ? [false, true] : [false]));
  for (const d0 of starts[0])
    for (const h0 of starts[1])
      for (const w0 of starts[2])
        for (const fd of flips[0])
          for (const fh of flips[1])
            for (const fw of flips[2]) {
              const turn = (d: number, h: number, w: number): Triple => [
                fd ? patch[0] - 1 - d : d,
                fh ? patch[1] - 1 - h : h,
                fw ? patch[2] - 1 - w : w,
              ];
              const seen = new Float64Array(channels * count(patch));
              forEach(patch, (d, h, w) => {
                const [td, th, tw] = turn(d, h, w);
                for (let c = 0; c < channels; c++)
                  seen[at(patch, c, td, th, tw)] = volume[at(padded, c, d0 + d, h0 + h, w0 + w)];
              });
              const scores = network(seen, patch);
              forEach(patch, (d, h, w) => {
                const importance = bell(d, patch[0]) * bell(h, patch[1]) * bell(w, patch[2]);
                weight[at(padded, 0, d0 + d, h0 + h, w0 + w)] += importance;
                const [td, th, tw] = turn(d, h, w);
                for (let c = 0; c < classes; c++)
                  sum[at(padded, c, d0 + d, h0 + h, w0 + w)] += importance * scores[at(patch, c, td, th, tw)];
              });
            }
  const mean = (c: number, d: number, h: number, w: number) => {
    const i = at(padded, 0, d + before[0], h + before[1], w + before[2]);
    return sum[c * count(padded) + i] / weight[i];
  };
  const result = new Float64Array(classes * count(outputShape));
  forEach(outputShape, (d, h, w) => {
    const ends = [d, h, w].map((i, a) => between(i, shape[a], outputShape[a], interpolation?.[a] === "nearest"));
    for (let c = 0; c < classes; c++)
      for (const [z, wz] of ends[0])
        for (const [y, wy] of ends[1])
          for (const [x, wx] of ends[2]) result[at(outputShape, c, d, h, w)] += wz * wy * wx * mean(c, z, y, x);
  });
  return result;
}

/** The first of the greatest scores, as class ids. */
export function slowLabels(scores: Float64Array, classIds: readonly number[]): number[] {
  const voxels = scores.length / classIds.length;
  return Array.from({ length: voxels }, (_, i) => {
    let best = 0;
    for (let c = 1; c < classIds.length; c++) if (scores[c * voxels + i] > scores[best * voxels + i]) best = c;
    return classIds[best];
  });
}

/** nnU-Net's compute_steps_for_sliding_window for one axis, line by line. */
export function slowStarts(imageSize: number, tileSize: number, tileStepSize: number): readonly number[] {
  const steps = Math.ceil((imageSize - tileSize) / Math.max(1, tileSize * tileStepSize)) + 1;
  const maximum = imageSize - tileSize;
  return Array.from({ length: steps }, (_, i) => {
    const exact = steps > 1 ? (maximum / (steps - 1)) * i : 0;
    const isHalf = exact % 1 === 0.5;
    return isHalf ? 2 * Math.round(exact / 2) : Math.round(exact);
  });
}

function between(i: number, input: number, output: number, nearest: boolean): readonly (readonly [number, number])[] {
  const position = Math.min(Math.max(((i + 0.5) * input) / output - 0.5, 0), input - 1);
  if (nearest) return [[Math.round(position), 1]];
  const low = Math.floor(position);
  return [
    [low, low + 1 - position],
    [Math.min(low + 1, input - 1), position - low],
  ];
}

function bell(i: number, size: number): number {
  return Math.exp(-((i - Math.floor(size / 2)) ** 2) / (2 * (size / 8) ** 2));
}

function at([depth, height, width]: Triple, c: number, d: number, h: number, w: number): number {
  return ((c * depth + d) * height + h) * width + w;
}

function count([d, h, w]: Triple): number {
  return d * h * w;
}

function forEach([depth, height, width]: Triple, visit: (d: number, h: number, w: number) => void): void {
  for (let d = 0; d < depth; d++) for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) visit(d, h, w);
}
