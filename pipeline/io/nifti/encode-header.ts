import { endianness } from "node:os";
import { spacingMmOf } from "../../volume/affine.ts";
import type { NiftiOrigin } from "../../volume/scan.ts";
import type { Grid } from "../../volume/volume.ts";
import { type StoredType, storedBytes } from "../stored-voxels.ts";
import { dataTypes } from "./data-types.ts";
import { FIRST_OFFSET, HEADER_BYTES, layouts } from "./header.ts";

/** What a header is to say. */
export interface HeaderContent {
  readonly grid: Grid;
  readonly type: StoredType;
  readonly orientation: NiftiOrigin;
  /** Present for class ids: the highest there is a class for, so that all maps of one model are shown alike. */
  readonly highestLabel?: number | undefined;
  /** Constant text: no patient, no path. */
  readonly description: string;
}

/** NIfTI-1 keeps sides as 16-bit integers. */
const LONGEST_SIDE_1 = 32767;

/** Intent code of class ids. */
const INTENT_LABEL = 1002;

/** Where text fields lie. Source: nifti1.h, nifti2.h. */
const texts = {
  1: { magic: 344, description: 148, intentName: 328, displayMost: 124 },
  2: { magic: 4, description: 240, intentName: 508, displayMost: 192 },
} as const;

const magicOf = { 1: "n+1\0", 2: "n+2\0\r\n\x1a\n" } as const;

/**
 * A NIfTI-1 header with the four bytes that say "no extension", in this machine's byte order; NIfTI-2 when a side is
 * longer than 32,767.
 */
export function encodeHeader({
  grid,
  type,
  orientation,
  highestLabel,
  description,
}: HeaderContent): Uint8Array<ArrayBuffer> {
  const version = Math.max(...grid.shape) > LONGEST_SIDE_1 ? 2 : 1;
  const bytes = new Uint8Array(FIRST_OFFSET[version]);
  const put = putters(bytes, version);
  const at = layouts[version];
  const text = texts[version];
  const [d, h, w] = grid.shape;
  new DataView(bytes.buffer).setInt32(0, HEADER_BYTES[version], hostIsLittleEndian);
  put.text(text.magic, magicOf[version]);
  put.text(text.description, description.slice(0, 79));
  put.sides(at.dim, [3, w, h, d, 1, 1, 1, 1]);
  put.int16(at.datatype, codeOf(type));
  put.int16(at.bitpix, 8 * storedBytes[type]);
  put.reals(at.pixdim, [...orientation.pixdim, 0, 0, 0, 0]);
  put.offset(at.voxOffset, FIRST_OFFSET[version]);
  put.reals(at.slope, [1]);
  put.units(at.xyztUnits, orientation.xyztUnits);
  put.code(at.qformCode, orientation.qformCode);
  put.code(at.sformCode, orientation.sformCode);
  put.reals(at.quaternion, orientation.quaternion);
  put.reals(at.offsetXyz, orientation.offsetXyz);
  put.reals(at.sform, orientation.sform);
  if (highestLabel !== undefined) {
    put.code(at.intentCode, INTENT_LABEL);
    put.text(text.intentName, "labels");
    put.reals(text.displayMost, [highestLabel]);
  }
  return bytes;
}

const hostIsLittleEndian = endianness() === "LE";

/** The widths that differ between the versions, behind one set of names. */
function putters(bytes: Uint8Array<ArrayBuffer>, version: 1 | 2) {
  const view = new DataView(bytes.buffer);
  const int16 = (at: number, value: number) => view.setInt16(at, value, hostIsLittleEndian);
  const int32 = (at: number, value: number) => view.setInt32(at, value, hostIsLittleEndian);
  const int64 = (at: number, value: number) => view.setBigInt64(at, BigInt(value), hostIsLittleEndian);
  const float32 = (at: number, value: number) => view.setFloat32(at, value, hostIsLittleEndian);
  const float64 = (at: number, value: number) => view.setFloat64(at, value, hostIsLittleEndian);
  const each = (put: (at: number, value: number) => void, width: number) => (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) put(at + i * width, value);
  };
  return {
    int16,
    code: version === 1 ? int16 : int32,
    units: version === 1 ? (at: number, value: number) => view.setUint8(at, value) : int32,
    offset: version === 1 ? float32 : int64,
    reals: version === 1 ? each(float32, 4) : each(float64, 8),
    sides: version === 1 ? each(int16, 2) : each(int64, 8),
    text: (at: number, text: string) => bytes.set(Buffer.from(text, "latin1"), at),
  };
}

function codeOf(type: StoredType): number {
  for (const [code, name] of dataTypes) if (name === type) return code;
  throw new Error(`NIfTI has no code for ${type}`);
}

/**
 * The orientation fields that put a grid where it is: an sform always, and a qform where the axes are at right angles.
 *
 * Source: nifti1.h; the quaternion as in nifti_mat44_to_quatern
 */
export function orientationFor(grid: Grid): NiftiOrigin {
  const { rows } = grid.indexToLps;
  const ras = [0, 1, 2].map((world) =>
    [2, 1, 0, 3].map((column) => (world < 2 ? -1 : 1) * rows[4 * world + column] + 0),
  );
  const [d, h, w] = spacingMmOf(grid.indexToLps);
  const rotation = ras.map((row) => [row[0] / w, row[1] / h, row[2] / d]);
  const isStraight = largestCosine(rotation) <= RIGHT_ANGLE_TOLERANCE;
  const qfac = determinant(rotation) < 0 ? -1 : 1;
  return {
    qformCode: isStraight ? 1 : 0,
    sformCode: 1,
    quaternion: isStraight ? quaternionOf(rotation.map(([i, j, k]) => [i, j, k * qfac])) : [0, 0, 0],
    offsetXyz: ras.map((row) => row[3]),
    pixdim: [qfac, w, h, d],
    sform: ras.flat(),
    xyztUnits: MILLIMETRES,
  };
}

/** xyzt_units. */
const MILLIMETRES = 2;

/** Cosine up to which a rotation stands for the axes too: DICOM's rounded direction cosines stay below it. */
const RIGHT_ANGLE_TOLERANCE = 1e-5;

function largestCosine(rotation: readonly (readonly number[])[]): number {
  const dot = (p: number, q: number) => Math.abs(rotation.reduce((sum, row) => sum + row[p] * row[q], 0));
  return Math.max(dot(0, 1), dot(0, 2), dot(1, 2));
}

function determinant([[a, b, c], [d, e, f], [g, h, i]]: readonly (readonly number[])[]): number {
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** [b, c, d] of the unit quaternion with a >= 0 of a rotation matrix; from its largest part, which keeps all digits. */
function quaternionOf([[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]]: readonly (readonly number[])[]): readonly number[] {
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = squares.indexOf(Math.max(...squares));
  const whole = 2 * Math.sqrt(squares[largest]);
  const [a, b, c, d] = [
    [squares[0], zy - yz, xz - zx, yx - xy],
    [zy - yz, squares[1], yx + xy, xz + zx],
    [xz - zx, yx + xy, squares[2], zy + yz],
    [yx - xy, xz + zx, zy + yz, squares[3]],
  ][largest].map((part) => part / whole);
  return a < 0 ? [-b, -c, -d] : [b, c, d];
}
