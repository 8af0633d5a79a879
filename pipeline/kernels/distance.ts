import type { Triple } from "../volume/affine.ts";
import { voxelCountOf } from "../volume/volume.ts";
import { type Envelope, envelopeFor, lowerEnvelope } from "./lower-envelope.ts";

/** A grid for distances. */
export interface DistanceGrid {
  readonly shape: Triple;
  readonly spacingMm: Triple;
}

/**
 * Square of the distance from each voxel's centre to that of the nearest voxel in a mask, exact.
 *
 * Units:  mm²
 * Empty:  Infinity everywhere for a mask without a voxel
 * Cost:   O(voxels), a pass per axis
 * Source: Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019
 */
export function squaredDistances(
  isInside: (index: number) => boolean,
  { shape, spacingMm }: DistanceGrid,
): Float64Array {
  const squares = new Float64Array(voxelCountOf(shape));
  for (let i = 0; i < squares.length; i++) squares[i] = isInside(i) ? 0 : Infinity;
  const strides = [shape[1] * shape[2], shape[2], 1];
  const envelope = envelopeFor(Math.max(...shape));
  for (const axis of [2, 1, 0])
    for (const start of lineStarts(shape, axis))
      fallToEnvelope(squares, {
        start,
        stride: strides[axis],
        length: shape[axis],
        spacing: spacingMm[axis],
        envelope,
      });
  return squares;
}

/**
 * Distance to a mask's boundary: positive outside, negative inside, by the nearest voxel of the other side.
 *
 * Units:  mm
 * Empty:  0 everywhere for a mask without a voxel, or without a voxel that is not in it
 * Source: Kervadec 2021, doi:10.1016/j.media.2020.101851, `one_hot2dist`
 */
export function signedDistancesInto(
  output: Float32Array,
  isInside: (index: number) => boolean,
  grid: DistanceGrid,
): void {
  const outside = squaredDistances(isInside, grid);
  const inside = squaredDistances((index) => !isInside(index), grid);
  for (let i = 0; i < output.length; i++) {
    const distance = outside[i] > 0 ? Math.sqrt(outside[i]) : -Math.sqrt(inside[i]);
    output[i] = Number.isFinite(distance) ? distance : 0;
  }
}

/** First index of every line of voxels along an axis. */
function* lineStarts(shape: Triple, axis: number): Generator<number> {
  const [depth, height, width] = shape.with(axis, 1);
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) for (let w = 0; w < width; w++) yield (d * shape[1] + h) * shape[2] + w;
}

interface Line {
  readonly start: number;
  readonly stride: number;
  readonly length: number;
  readonly spacing: number;
  readonly envelope: Envelope;
}

/** Replaces each height on a line by the least of all parabolas that stand on the heights. */
function fallToEnvelope(squares: Float64Array, { start, stride, length, spacing, envelope }: Line): void {
  const { heights, places, borders } = envelope;
  for (let q = 0; q < length; q++) heights[q] = squares[start + q * stride];
  const last = lowerEnvelope(envelope, length, spacing) - 1;
  if (last < 0) return;
  for (let q = 0, k = 0; q < length; q++) {
    while (k < last && borders[k + 1] < q) k++;
    const offset = (q - places[k]) * spacing;
    squares[start + q * stride] = heights[places[k]] + offset * offset;
  }
}
