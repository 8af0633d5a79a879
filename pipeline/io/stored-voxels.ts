import { endianness } from "node:os";
import { FormatError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import type { VoxelArray } from "../volume/volume.ts";
import type { ByteSource } from "./byte-source.ts";
import { checkedVoxels } from "./checked-voxels.ts";
import { narrowed, scaleInto, wholeNumbersInto } from "./convert-voxels.ts";
import type { ReadOptions } from "./scan-format.ts";

/** Bytes of a voxel by the type it is stored in. */
export const storedBytes = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
} as const;

/** How a voxel is stored. */
export type StoredType = keyof typeof storedBytes;

/** What is needed to turn stored bytes into voxels. */
export interface StoredVoxels extends Pick<ReadOptions, "nanTo"> {
  readonly type: StoredType;
  readonly littleEndian: boolean;
  readonly count: number;
  /** value = slope * stored + intercept; 1 and 0 leave the stored values as they are. */
  readonly slope: number;
  readonly intercept: number;
  readonly where: string;
  /** First part of error codes, such as `N` in `N_DATA_SHORT`. */
  readonly prefix: string;
}

/** Voxels in the smallest type that holds them faithfully, with everything odd about them. */
export interface ReadVoxels {
  readonly data: VoxelArray;
  readonly warnings: readonly Warning[];
}

/** Stored bytes converted at a time. */
const PIECE_BYTES = 2 ** 20;

/** Types that are held as they are stored, unless they are scaled. */
const heldAs = { uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float32: Float32Array } as const;

/** The array of a stored type that JavaScript has numbers for. */
export const rawArrays = {
  ...heldAs,
  int8: Int8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float64: Float64Array,
} as const;

const hostIsLittleEndian = endianness() === "LE";

/**
 * Reads voxels: 8- and 16-bit integers and floats straight into their place, wider ones piece by piece.
 *
 * Errors: FormatError <prefix>_DATA_SHORT, _TYPE (whole numbers beyond 2^53), _NONFINITE
 * Cost:   no copy of the volume; one more for whole numbers of 32 or 64 bits that fit into 16
 */
export async function readStoredVoxels(source: ByteSource, stored: StoredVoxels): Promise<ReadVoxels> {
  const { type, slope, intercept } = stored;
  const isScaled = slope !== 1 || intercept !== 0;
  if (!isScaled && type in heldAs) return checkedVoxels(await readHeld(source, stored), stored);
  const converted = await readConverted(source, stored, isScaled);
  const { data, warnings } = checkedVoxels(converted.data, stored);
  return { data, warnings: [...converted.warnings, ...warnings] };
}

async function readHeld(source: ByteSource, stored: StoredVoxels): Promise<VoxelArray> {
  const data = new heldAs[stored.type as keyof typeof heldAs](stored.count);
  await fill(source, new Uint8Array(data.buffer), stored);
  return data;
}

async function readConverted(source: ByteSource, stored: StoredVoxels, isScaled: boolean): Promise<ReadVoxels> {
  const { type, count, where, prefix } = stored;
  const data = !isScaled && type === "int8" ? new Int16Array(count) : new Float32Array(count);
  const piece = new Uint8Array(Math.min(PIECE_BYTES, count * storedBytes[type]));
  let inexact = 0;
  for (let start = 0; start < count; start += PIECE_BYTES / storedBytes[type]) {
    const bytes = piece.subarray(0, Math.min(PIECE_BYTES, (count - start) * storedBytes[type]));
    await fill(source, bytes, stored);
    inexact += convertInto(data, { start, bytes, stored });
  }
  if (isScaled || !isWide(type)) return { data, warnings: [] };
  if (inexact === 0) return { data: narrowed(data), warnings: [] };
  const text = `${inexact} whole numbers were rounded to 24 bits`;
  return { data, warnings: [{ code: `${prefix}_PRECISION`, where, text }] };
}

/** Returns how many whole numbers lost their last digits. */
function convertInto(
  data: Float32Array | Int16Array,
  {
    start,
    bytes,
    stored,
  }: { readonly start: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly stored: StoredVoxels },
): number {
  const { type, slope, intercept, where, prefix } = stored;
  const words = bytes.length / Math.min(4, storedBytes[type]);
  if (type === "int64" || type === "uint64") {
    const pairs = new Uint32Array(bytes.buffer, bytes.byteOffset, words);
    const inexact = wholeNumbersInto(data, pairs, { start, slope, intercept, signed: type === "int64" });
    if (inexact === undefined) throw beyondDoubleError(prefix, where);
    return inexact;
  }
  const raw = new rawArrays[type](bytes.buffer, bytes.byteOffset, bytes.length / storedBytes[type]);
  return scaleInto(data, raw, { start, slope, intercept });
}

/** Fills with the next stored bytes, turned to this machine's byte order. */
async function fill(source: ByteSource, into: Uint8Array, stored: StoredVoxels): Promise<void> {
  const count = await source.read(into);
  if (count < into.length) throw shortDataError(stored, into.length - count);
  if (stored.littleEndian === hostIsLittleEndian) return;
  const bytes = Buffer.from(into.buffer, into.byteOffset, into.byteLength);
  const width = storedBytes[stored.type];
  if (width === 2) bytes.swap16();
  else if (width === 4) bytes.swap32();
  else if (width === 8) bytes.swap64();
}

/** Whole numbers that single precision may not hold. */
function isWide(type: StoredType): boolean {
  return type === "int32" || type === "uint32" || type === "int64" || type === "uint64";
}

/** The refusal of a file that ends before its voxels do. */
export function shortDataError(
  { count, type, prefix, where }: Pick<StoredVoxels, "count" | "type" | "prefix" | "where">,
  missingBytes: number,
): FormatError {
  return new FormatError({
    code: `${prefix}_DATA_SHORT`,
    where,
    expected: `${count} voxels of ${type}, ${count * storedBytes[type]} bytes`,
    got: `at least ${missingBytes} bytes too few`,
    next: "The file is truncated: copy it again",
  });
}

function beyondDoubleError(prefix: string, where: string): FormatError {
  return new FormatError({
    code: `${prefix}_TYPE`,
    where,
    expected: "whole numbers within 2^53",
    got: "larger ones",
    next: "Convert the image to a smaller type first",
  });
}
