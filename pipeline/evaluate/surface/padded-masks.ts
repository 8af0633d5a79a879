import type { Triple } from "../../volume/affine.ts";
import { shapeOfBox } from "../../volume/box.ts";
import { eachRunInBox, type MaskPair } from "../mask-pair.ts";
import { PREDICTION, REFERENCE } from "./surface-points.ts";

/** Both masks of one class in their box, with an empty border of one voxel all around. */
export interface PaddedMasks {
  readonly bits: Uint8Array;
  /** Of the box, without the border. */
  readonly shape: Triple;
  /** One slice only: its faces are no surface. */
  readonly isFlat: boolean;
  /** Of each row, border rows too, where its masks begin and end; an empty row begins behind its end. */
  readonly rowStart: Uint32Array;
  readonly rowStop: Uint32Array;
}

/** Cuts both masks out of their grid. */
export function paddedMasks(pair: MaskPair): PaddedMasks {
  const shape = shapeOfBox(pair.box);
  const [depth, height, width] = shape;
  const row = width + 2;
  const rows = (depth + 2) * (height + 2);
  const bits = new Uint8Array(rows * row);
  const rowStart = new Uint32Array(rows).fill(row);
  const rowStop = new Uint32Array(rows);
  const place = { shape: pair.shape, box: pair.box, border: 1 };
  const add = (bit: number) => (from: number, to: number) => {
    for (let i = from; i < to; i++) bits[i] |= bit;
    const n = Math.floor(from / row);
    rowStart[n] = Math.min(rowStart[n], from - n * row);
    rowStop[n] = Math.max(rowStop[n], to - n * row);
  };
  eachRunInBox(pair.prediction, place, add(PREDICTION));
  eachRunInBox(pair.reference, place, add(REFERENCE));
  return { bits, shape, isFlat: pair.shape[0] === 1, rowStart, rowStop };
}
