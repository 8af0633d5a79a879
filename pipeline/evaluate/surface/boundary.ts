import type { Triple } from "../../volume/affine.ts";
import { type Box, shapeOfBox } from "../../volume/box.ts";
import type { LabelArray } from "../../volume/volume.ts";

/** Bits of the masks of one class, and of what is made from them. */
export const PREDICTION = 1;
export const REFERENCE = 2;

/** Two label maps on one grid. */
export interface LabelPair {
  readonly prediction: LabelArray;
  readonly reference: LabelArray;
  /** [D, H, W] */
  readonly shape: Triple;
}

/** Both masks of one class in a box, with an empty border of one voxel all around. */
export interface PaddedMasks {
  readonly bits: Uint8Array;
  /** Of the box, without the border. */
  readonly shape: Triple;
  /** One slice only: its faces are no surface. */
  readonly isFlat: boolean;
}

/** Cuts both masks of a class out of a box that holds them. */
export function paddedMasks(pair: LabelPair, { classId, box }: { readonly classId: number; readonly box: Box }) {
  const shape = shapeOfBox(box);
  const [depth, height, width] = shape;
  const [, rows, columns] = pair.shape;
  const bits = new Uint8Array((depth + 2) * (height + 2) * (width + 2));
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      const from = ((box.start[0] + d) * rows + box.start[1] + h) * columns + box.start[2];
      const to = ((d + 1) * (height + 2) + h + 1) * (width + 2) + 1;
      for (let w = 0; w < width; w++)
        bits[to + w] =
          (pair.prediction[from + w] === classId ? PREDICTION : 0) |
          (pair.reference[from + w] === classId ? REFERENCE : 0);
    }
  return { bits, shape, isFlat: pair.shape[0] === 1 } satisfies PaddedMasks;
}

/**
 * The boundary voxels of both masks: those with a face neighbour outside the mask, where the grid ends too.
 *
 * Shape:  [D, H, W] of the box
 * Source: MedPy, MONAI: the mask without its erosion by a cross
 */
export function boundaryVoxels({ bits, shape, isFlat }: PaddedMasks): Uint8Array {
  const [depth, height, width] = shape;
  const row = width + 2;
  const plane = (height + 2) * row;
  const marks = new Uint8Array(depth * height * width);
  for (let d = 0, to = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      let i = (d + 1) * plane + (h + 1) * row + 1;
      for (let w = 0; w < width; w++, i++, to++) {
        const own = bits[i];
        if (own === 0) continue;
        const inPlane = bits[i - 1] & bits[i + 1] & bits[i - row] & bits[i + row];
        marks[to] = own & ~(isFlat ? inPlane : inPlane & bits[i - plane] & bits[i + plane]);
      }
    }
  return marks;
}

/**
 * The cells between voxels through which a mask's surface runs: some of their eight voxels are inside, some are not.
 *
 * Shape:  [D + 1, H + 1, W + 1] of the box; [1, H + 1, W + 1] for one slice
 * Source: `surface-distance` of Google DeepMind
 */
export function boundaryCells(masks: PaddedMasks): { readonly marks: Uint8Array; readonly shape: Triple } {
  const { bits } = masks;
  const [height, width] = [masks.shape[1] + 1, masks.shape[2] + 1];
  const row = width + 1;
  const plane = (height + 1) * row;
  const depth = masks.isFlat ? 1 : masks.shape[0] + 1;
  // A flat cell is one whose voxels above are those below.
  const [first, above] = masks.isFlat ? [plane, 0] : [0, plane];
  const marks = new Uint8Array(depth * height * width);
  for (let d = 0, to = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      const start = first + d * plane + h * row;
      let all = columnAnd(bits, start, row, above);
      let any = columnOr(bits, start, row, above);
      for (let w = 0; w < width; w++, to++) {
        const nextAll = columnAnd(bits, start + w + 1, row, above);
        const nextAny = columnOr(bits, start + w + 1, row, above);
        marks[to] = (any | nextAny) & ~(all & nextAll);
        all = nextAll;
        any = nextAny;
      }
    }
  return { marks, shape: [depth, height, width] };
}

function columnAnd(bits: Uint8Array, i: number, row: number, above: number): number {
  return bits[i] & bits[i + row] & bits[i + above] & bits[i + above + row];
}

function columnOr(bits: Uint8Array, i: number, row: number, above: number): number {
  return bits[i] | bits[i + row] | bits[i + above] | bits[i + above + row];
}

/** Which voxels of a cell are inside a mask, as `surfaceAreas` and `contourLengths` count them. */
export function cellCode(masks: PaddedMasks, index: number, mask: number): number {
  const [height, width] = [masks.shape[1] + 1, masks.shape[2] + 1];
  const row = width + 1;
  const plane = (height + 1) * row;
  const w = index % width;
  const rest = (index - w) / width;
  const h = rest % height;
  const d = (rest - h) / height + (masks.isFlat ? 1 : 0);
  const i = d * plane + h * row + w;
  const at = (offset: number) => ((masks.bits[i + offset] & mask) === 0 ? 0 : 1);
  if (masks.isFlat) return 8 * at(0) + 4 * at(row) + 2 * at(1) + at(row + 1);
  return (
    (128 * at(0) + 64 * at(plane) + 32 * at(row) + 16 * at(row + plane)) |
    (8 * at(1) + 4 * at(plane + 1) + 2 * at(row + 1) + at(row + plane + 1))
  );
}
