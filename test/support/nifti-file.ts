/** Fields of a NIfTI header that a test sets; the others describe a straight 7 x 5 x 3 image of 1 x 2 x 3 mm voxels. */
export interface NiftiFields {
  readonly version?: 1 | 2;
  readonly littleEndian?: boolean;
  readonly sizeofHeader?: number;
  readonly magic?: string;
  readonly dim?: readonly number[];
  readonly datatype?: number;
  readonly bitpix?: number;
  readonly pixdim?: readonly number[];
  readonly voxOffset?: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly xyztUnits?: number;
  readonly intentCode?: number;
  readonly qformCode?: number;
  readonly sformCode?: number;
  readonly quaternion?: readonly number[];
  readonly offsetXyz?: readonly number[];
  /** srow_x, srow_y, srow_z one after another. */
  readonly sform?: readonly number[];
  /** What lies between the header and the voxels; the four bytes "no extension" when left out. */
  readonly extension?: Uint8Array;
}

/** Voxels along i, j and k of the default image. */
export const DEFAULT_SIDES = [7, 5, 3] as const;

const defaults = {
  version: 1,
  littleEndian: true,
  dim: [3, ...DEFAULT_SIDES, 1, 1, 1, 1],
  datatype: 4,
  bitpix: 16,
  pixdim: [1, 1, 2, 3, 0, 0, 0, 0],
  slope: 1,
  intercept: 0,
  xyztUnits: 2,
  intentCode: 0,
  qformCode: 0,
  sformCode: 1,
  quaternion: [0, 0, 0],
  offsetXyz: [0, 0, 0],
  sform: [1, 0, 0, -10, 0, 2, 0, -20, 0, 0, 3, -30],
  extension: new Uint8Array(4),
} as const;

/** The bytes of a NIfTI file with any fields, also impossible ones. Source: nifti1.h and nifti2.h, field by field. */
export function niftiFile(fields: NiftiFields = {}, voxels: Uint8Array = countingInt16(fields.littleEndian)): Buffer {
  const all = { ...defaults, ...fields };
  const header = all.version === 1 ? headerOf1(all) : headerOf2(all);
  return Buffer.concat([header, all.extension, voxels]);
}

/** 105 voxels -52, -51 ... 52 as 16-bit integers. */
export function countingInt16(littleEndian = true): Uint8Array {
  const bytes = Buffer.alloc(2 * 105);
  for (let i = 0; i < 105; i++) {
    if (littleEndian) bytes.writeInt16LE(i - 52, 2 * i);
    else bytes.writeInt16BE(i - 52, 2 * i);
  }
  return bytes;
}

type AllFields = Required<Omit<NiftiFields, "magic" | "sizeofHeader" | "voxOffset">> & NiftiFields;

function headerOf1(fields: AllFields): Uint8Array {
  const { littleEndian } = fields;
  const bytes = Buffer.alloc(348);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 348);
  const shorts = (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setInt16(at + 2 * i, value, littleEndian);
  };
  const floats = (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setFloat32(at + 4 * i, value, littleEndian);
  };
  view.setInt32(0, fields.sizeofHeader ?? 348, littleEndian);
  shorts(40, fields.dim);
  shorts(68, [fields.intentCode, fields.datatype, fields.bitpix]);
  floats(76, fields.pixdim);
  floats(108, [fields.voxOffset ?? 348 + fields.extension.length, fields.slope, fields.intercept]);
  view.setUint8(123, fields.xyztUnits);
  shorts(252, [fields.qformCode, fields.sformCode]);
  floats(256, [...fields.quaternion, ...fields.offsetXyz, ...fields.sform]);
  bytes.write(fields.magic ?? "n+1\0", 344, "latin1");
  return bytes;
}

function headerOf2(fields: AllFields): Uint8Array {
  const { littleEndian } = fields;
  const bytes = Buffer.alloc(540);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 540);
  const ints = (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setInt32(at + 4 * i, value, littleEndian);
  };
  const longs = (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setBigInt64(at + 8 * i, BigInt(value), littleEndian);
  };
  const doubles = (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setFloat64(at + 8 * i, value, littleEndian);
  };
  ints(0, [fields.sizeofHeader ?? 540]);
  bytes.write(fields.magic ?? "n+2\0\r\n\x1a\n", 4, "latin1");
  view.setInt16(12, fields.datatype, littleEndian);
  view.setInt16(14, fields.bitpix, littleEndian);
  longs(16, fields.dim);
  doubles(104, fields.pixdim);
  longs(168, [fields.voxOffset ?? 540 + fields.extension.length]);
  doubles(176, [fields.slope, fields.intercept]);
  ints(344, [fields.qformCode, fields.sformCode]);
  doubles(352, [...fields.quaternion, ...fields.offsetXyz, ...fields.sform]);
  ints(500, [fields.xyztUnits, fields.intentCode]);
  return bytes;
}
