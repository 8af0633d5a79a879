import { FormatError } from "../../volume/errors.ts";
import { misplacedContent } from "../file-head.ts";

/** The fields of a NIfTI header that say where voxels are, what they mean and where they lie. */
export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** Whether the voxels are in the same file (`n+1`) or in an .img beside it (`ni1`). */
  readonly storage: "single" | "pair";
  /** dim[0..7]; dim[0] is the number of dimensions. */
  readonly dim: readonly number[];
  readonly datatype: number;
  readonly bitpix: number;
  readonly voxOffset: number;
  /** pixdim[0..7]; pixdim[0] is qfac. */
  readonly pixdim: readonly number[];
  readonly slope: number;
  readonly intercept: number;
  readonly xyztUnits: number;
  readonly intentCode: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** [b, c, d] */
  readonly quaternion: readonly number[];
  readonly offsetXyz: readonly number[];
  /** srow_x, srow_y, srow_z one after another. */
  readonly sform: readonly number[];
}

/** Bytes of the headers of NIfTI-1 and NIfTI-2, without the four bytes that announce extensions. */
export const HEADER_BYTES = { 1: 348, 2: 540 } as const;

/** Bytes before the first extension or voxel. */
export const FIRST_OFFSET = { 1: 352, 2: 544 } as const;

/** Where the fields of a version lie, and how wide they are. */
interface Layout {
  readonly dim: number;
  readonly datatype: number;
  readonly bitpix: number;
  readonly pixdim: number;
  readonly voxOffset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly xyztUnits: number;
  readonly intentCode: number;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly quaternion: number;
  readonly offsetXyz: number;
  readonly sform: number;
}

/** Source: nifti1.h and nifti2.h of the NIfTI-1.1 and NIfTI-2 standards (nifti.nimh.nih.gov). */
export const layouts: Readonly<Record<1 | 2, Layout>> = {
  1: {
    dim: 40,
    intentCode: 68,
    datatype: 70,
    bitpix: 72,
    pixdim: 76,
    voxOffset: 108,
    slope: 112,
    intercept: 116,
    xyztUnits: 123,
    qformCode: 252,
    sformCode: 254,
    quaternion: 256,
    offsetXyz: 268,
    sform: 280,
  },
  2: {
    datatype: 12,
    bitpix: 14,
    dim: 16,
    pixdim: 104,
    voxOffset: 168,
    slope: 176,
    intercept: 184,
    qformCode: 344,
    sformCode: 348,
    quaternion: 352,
    offsetXyz: 376,
    sform: 400,
    xyztUnits: 500,
    intentCode: 504,
  },
};

/** What the magic of either version says about where the voxels are. */
export const magics: ReadonlyMap<string, NiftiHeader["storage"]> = new Map([
  ["n+1\0", "single"],
  ["ni1\0", "pair"],
  ["n+2\0\r\n\x1a\n", "single"],
  ["ni2\0\r\n\x1a\n", "pair"],
]);

/** What the first bytes say about the kind of header; undefined when they are no NIfTI header at all. */
export function niftiKindOf(head: Uint8Array): Pick<NiftiHeader, "version" | "littleEndian" | "storage"> | undefined {
  if (head.length < 12) return undefined;
  const view = viewOf(head);
  for (const littleEndian of [true, false]) {
    const size = view.getInt32(0, littleEndian);
    const version = size === HEADER_BYTES[1] ? 1 : size === HEADER_BYTES[2] ? 2 : undefined;
    if (version === undefined) continue;
    const storage = magics.get(version === 1 ? textAt(head, 344, 4) : textAt(head, 4, 8));
    if (storage !== undefined) return { version, littleEndian, storage };
  }
  return undefined;
}

/**
 * Reads a NIfTI-1 or NIfTI-2 header in either byte order; nothing in it is believed yet.
 *
 * Errors: FormatError N_EMPTY, N_SHORT_HEADER, N_GZ_TWICE, N_MAGIC, F_LFS_POINTER, F_WEB_PAGE
 */
export function parseHeader(head: Uint8Array, where: string): NiftiHeader {
  const kind = niftiKindOf(head);
  if (kind === undefined) throw notNiftiError(head, where);
  if (head.length < HEADER_BYTES[kind.version]) throw shortHeaderError(head, HEADER_BYTES[kind.version], where);
  const { version, littleEndian } = kind;
  const at = layouts[version];
  const view = viewOf(head);
  const int16 = (offset: number) => view.getInt16(offset, littleEndian);
  const int32 = (offset: number) => view.getInt32(offset, littleEndian);
  const int64 = (offset: number) => Number(view.getBigInt64(offset, littleEndian));
  const short = version === 1 ? int16 : int32;
  const realBytes = version === 1 ? 4 : 8;
  const real = (offset: number) =>
    version === 1 ? view.getFloat32(offset, littleEndian) : view.getFloat64(offset, littleEndian);
  const reals = (offset: number, count: number) =>
    Array.from({ length: count }, (_, i) => real(offset + i * realBytes));
  return {
    ...kind,
    dim: Array.from({ length: 8 }, (_, i) => (version === 1 ? int16(at.dim + 2 * i) : int64(at.dim + 8 * i))),
    datatype: int16(at.datatype),
    bitpix: int16(at.bitpix),
    voxOffset: version === 1 ? real(at.voxOffset) : int64(at.voxOffset),
    pixdim: reals(at.pixdim, 8),
    slope: real(at.slope),
    intercept: real(at.intercept),
    xyztUnits: version === 1 ? view.getUint8(at.xyztUnits) : int32(at.xyztUnits),
    intentCode: short(at.intentCode),
    qformCode: short(at.qformCode),
    sformCode: short(at.sformCode),
    quaternion: reals(at.quaternion, 3),
    offsetXyz: reals(at.offsetXyz, 3),
    sform: reals(at.sform, 12),
  };
}

function notNiftiError(head: Uint8Array, where: string): FormatError {
  if (head.length === 0) return headerError(where, "N_EMPTY", "an empty file", "Copy or export it again");
  const misplaced = misplacedContent(head);
  if (misplaced !== undefined) return headerError(where, misplaced.code, misplaced.got, misplaced.next);
  if (head[0] === 0x1f && head[1] === 0x8b)
    return headerError(where, "N_GZ_TWICE", "gzip inside gzip", "Decompress the file once with gunzip");
  if (head.length < HEADER_BYTES[1]) return shortHeaderError(head, HEADER_BYTES[1], where);
  if (isAnalyze(head))
    return headerError(
      where,
      "N_MAGIC",
      "no NIfTI magic; perhaps Analyze 7.5, which does not say which side is left",
      "Convert it to NIfTI with the program that made it",
    );
  const next = "Check that this is an image; the ending alone does not make it one";
  return headerError(where, "N_MAGIC", "no NIfTI magic", next);
}

function shortHeaderError(head: Uint8Array, wanted: number, where: string): FormatError {
  return headerError(where, "N_SHORT_HEADER", `${head.length} bytes where a header has ${wanted}`, "Copy it again");
}

function headerError(where: string, code: string, got: string, next: string): FormatError {
  return new FormatError({ code, where, expected: "a NIfTI-1 or NIfTI-2 header", got, next });
}

/** Analyze 7.5 has the size of a NIfTI-1 header and zeros where that has its magic. */
function isAnalyze(head: Uint8Array): boolean {
  const view = viewOf(head);
  return (
    (view.getInt32(0, true) === HEADER_BYTES[1] || view.getInt32(0, false) === HEADER_BYTES[1]) &&
    textAt(head, 344, 4) === "\0\0\0\0"
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
