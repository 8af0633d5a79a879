/** How the numbers of an array are stored. */
export type NpyType = "float16" | "float32" | "float64";

/** What a NumPy array file says of itself. */
export interface NpyHeader {
  readonly type: NpyType;
  /** Row-major; the last axis varies fastest. */
  readonly shape: readonly number[];
  /** Bytes before the first number. */
  readonly bytes: number;
}

/** Little endian, which is what machines that run networks write. */
const types: Readonly<Record<string, NpyType | undefined>> = { "<f2": "float16", "<f4": "float32", "<f8": "float64" };

/** Bytes of one number. */
export const npyBytes: Readonly<Record<NpyType, number>> = { float16: 2, float32: 4, float64: 8 };

/** Bytes in which a header has to end: NumPy's own are 128. */
export const MOST_HEADER_BYTES = 4096;

/**
 * The header at the start of some bytes, or why there is none.
 *
 * Source: NumPy, numpy.lib.format, versions 1.0 to 3.0
 */
export function npyHeaderOf(head: Uint8Array): NpyHeader | string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < 10 || bytes.toString("latin1", 0, 6) !== "\x93NUMPY") return "no NumPy array";
  const isLong = bytes[6] > 1;
  const length = isLong && bytes.length >= 12 ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = isLong ? 12 : 10;
  if (start + length > Math.min(bytes.length, MOST_HEADER_BYTES)) return "a header that does not end";
  const text = bytes.toString("latin1", start, start + length);
  const type = types[/'descr': *'([^']*)'/.exec(text)?.[1] ?? ""];
  if (type === undefined) return "numbers that are not floating-point, little endian";
  if (!/'fortran_order': *False/.test(text)) return "an array in Fortran's order";
  const sides = /'shape': *\(([\d, ]*)\)/.exec(text)?.[1];
  if (sides === undefined) return "no shape";
  const shape = sides.split(",").flatMap((side) => (side.trim() === "" ? [] : [Number(side)]));
  return shape.every(Number.isSafeInteger) ? { type, shape, bytes: start + length } : "an impossible shape";
}
