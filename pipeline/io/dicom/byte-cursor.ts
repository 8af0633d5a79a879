import { type DicomFault, dicomError } from "./faults.ts";
import { isKnownVr } from "./value-representations.ts";

/** A place in a file that is read from front to back. Whoever reads makes sure first, with `need`, that bytes are there. */
export interface ByteCursor {
  readonly where: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  position: number;
}

/** A cursor at `start`. */
export function byteCursor(
  bytes: Uint8Array,
  { where, start, littleEndian }: { readonly where: string; readonly start: number; readonly littleEndian: boolean },
): ByteCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { where, bytes, view, littleEndian, position: start };
}

/**
 * Makes sure that `count` bytes are left before `end`.
 *
 * Errors: FormatError D_TRUNCATED when the file ends first, D_LENGTH when the enclosing item or sequence does
 */
export function need(cursor: ByteCursor, end: number, { count, tag }: { count: number; tag?: number }): void {
  const left = end - cursor.position;
  if (count <= left) return;
  fail(cursor, {
    code: end === cursor.bytes.length ? "D_TRUNCATED" : "D_LENGTH",
    expected: `${count} bytes`,
    got: `${left} before the end`,
    next: "The file is cut off or damaged; copy it again",
    ...(tag === undefined ? {} : { tag }),
  });
}

/** The refusal, at the cursor's position. */
export function fail({ where, position }: ByteCursor, fault: DicomFault): never {
  throw dicomError(where, { ...fault, offset: position });
}

/** The tag at the cursor, as 0xggggeeee. */
export function readTag(cursor: ByteCursor): number {
  const tag = tagAt(cursor, cursor.position);
  cursor.position += 4;
  return tag;
}

/** The number at the cursor. */
export function readUint32(cursor: ByteCursor): number {
  const value = cursor.view.getUint32(cursor.position, cursor.littleEndian);
  cursor.position += 4;
  return value;
}

/** The number at the cursor. */
export function readUint16(cursor: ByteCursor): number {
  const value = cursor.view.getUint16(cursor.position, cursor.littleEndian);
  cursor.position += 2;
  return value;
}

/** The two letters at the cursor. */
export function readVr(cursor: ByteCursor): string {
  const vr = vrAt(cursor, cursor.position);
  cursor.position += 2;
  return vr;
}

/** The tag at a position, as 0xggggeeee. */
export function tagAt({ view, littleEndian }: ByteCursor, position: number): number {
  return view.getUint16(position, littleEndian) * 0x10000 + view.getUint16(position + 2, littleEndian);
}

/** Whether the element at the cursor names its value representation. */
export function looksExplicit(cursor: ByteCursor): boolean {
  return cursor.position + 8 <= cursor.bytes.length && isKnownVr(vrAt(cursor, cursor.position + 4));
}

/** Whether nothing but zero bytes is left: writers pad files with them. */
export function onlyZerosFollow({ bytes, position }: ByteCursor): boolean {
  for (let i = position; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

function vrAt({ bytes }: ByteCursor, position: number): string {
  return String.fromCharCode(bytes[position], bytes[position + 1]);
}
