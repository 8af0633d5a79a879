import type { Limits } from "../../volume/limits.ts";
import { type ByteCursor, byteCursor, fail, need, readTag, readUint16, readUint32, readVr } from "./byte-cursor.ts";
import { attributeOf } from "./dictionary.ts";
import { dicomError, type WarningList } from "./faults.ts";
import { type TransferSyntax, transferSyntaxOf } from "./transfer-syntaxes.ts";
import { hasLongLength, isKnownVr } from "./value-representations.ts";

/** What stands before the data set. */
export interface FileMeta {
  readonly transferSyntax: TransferSyntax;
  readonly sopClassUid: string | undefined;
  readonly sopInstanceUid: string | undefined;
  /** First byte of the data set. */
  readonly end: number;
}

interface MetaOptions {
  readonly where: string;
  readonly limits: Limits;
  readonly warn: WarningList["warn"];
}

const PREAMBLE_BYTES = 128;
const META_GROUP = 2;

/** First bytes of programs: a file can be a program and a DICOM image at once. Compared with the preamble. */
const programs: readonly (readonly [name: string, signature: readonly number[]])[] = [
  ["a Windows program", [0x4d, 0x5a]],
  ["a Linux program", [0x7f, 0x45, 0x4c, 0x46]],
  ["a macOS program", [0xcf, 0xfa, 0xed, 0xfe]],
  ["a macOS program", [0xca, 0xfe, 0xba, 0xbe]],
  ["a script", [0x23, 0x21]],
];

/**
 * The file meta information; its own group length is compared, never followed. Undefined when there is none.
 *
 * Errors: FormatError D_EMPTY, D_NO_META, D_NO_TS, D_TS_UNSUPPORTED, D_TRUNCATED or D_VALUE_SIZE
 * Source: DICOM PS3.10 section 7.1
 */
export function readFileMeta(bytes: Uint8Array, { where, limits, warn }: MetaOptions): FileMeta | undefined {
  const start = metaStart(bytes, { where, warn });
  if (start === undefined) return undefined;
  const cursor = byteCursor(bytes, { where, start, littleEndian: true });
  const values = readMetaElements(cursor, limits);
  if (values.size === 0)
    throw dicomError(where, { code: "D_NO_META", expected: "file meta information", got: "none", offset: start });
  compareGroupLength(cursor, { values, warn });
  return {
    transferSyntax: syntaxOf(where, uidIn(values, attributeOf("TransferSyntaxUID").tag)),
    sopClassUid: uidIn(values, attributeOf("MediaStorageSOPClassUID").tag),
    sopInstanceUid: uidIn(values, attributeOf("MediaStorageSOPInstanceUID").tag),
    end: cursor.position,
  };
}

/** Whether the preamble is followed by `DICM`. */
export function hasDicomPrefix(bytes: Uint8Array): boolean {
  return "DICM" === String.fromCharCode(...bytes.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + 4));
}

function metaStart(
  bytes: Uint8Array,
  { where, warn }: { readonly where: string; readonly warn: WarningList["warn"] },
): number | undefined {
  if (hasDicomPrefix(bytes)) {
    const program = programs.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
    if (program !== undefined)
      warn("D_PREAMBLE_EXEC", `the preamble begins like ${program[0]}; outputs never repeat it`);
    return PREAMBLE_BYTES + 4;
  }
  // 0002,0000 UL: the first element of the group, with nothing before it.
  const bare = [0x02, 0x00, 0x00, 0x00, 0x55, 0x4c].every((byte, i) => bytes[i] === byte);
  if (!bare) return undefined;
  warn("D_NO_PREAMBLE", `${where} has no preamble`);
  return 0;
}

/** Values of group 2 by tag; leaves the cursor behind them. */
function readMetaElements(cursor: ByteCursor, { elementBytes }: Limits): ReadonlyMap<number, Uint8Array> {
  const { bytes, view } = cursor;
  const values = new Map<number, Uint8Array>();
  while (cursor.position + 8 <= bytes.length && view.getUint16(cursor.position, true) === META_GROUP) {
    const tag = readTag(cursor);
    const vr = readVr(cursor);
    if (!isKnownVr(vr))
      fail(cursor, { code: "D_NO_META", expected: "explicit VR little endian", got: "another encoding", tag });
    const short = readUint16(cursor);
    if (hasLongLength(vr)) need(cursor, bytes.length, { count: 4, tag });
    const count = hasLongLength(vr) ? readUint32(cursor) : short;
    if (count > elementBytes)
      fail(cursor, { code: "D_VALUE_SIZE", expected: `at most ${elementBytes} bytes`, got: `${count}`, tag });
    need(cursor, bytes.length, { count, tag });
    values.set(tag, bytes.subarray(cursor.position, cursor.position + count));
    cursor.position += count;
  }
  return values;
}

function compareGroupLength(
  cursor: ByteCursor,
  { values, warn }: { readonly values: ReadonlyMap<number, Uint8Array>; readonly warn: WarningList["warn"] },
): void {
  const value = values.get(attributeOf("FileMetaInformationGroupLength").tag);
  if (value === undefined || value.length !== 4) {
    warn("D_META_LENGTH", "the file meta information does not say its length; it was walked");
    return;
  }
  const valueStart = value.byteOffset - cursor.bytes.byteOffset;
  const declared = cursor.view.getUint32(valueStart, true);
  if (valueStart + 4 + declared !== cursor.position)
    warn("D_META_LENGTH", "the file meta information states a wrong length; it was walked");
}

function uidIn(values: ReadonlyMap<number, Uint8Array>, tag: number): string | undefined {
  const value = values.get(tag);
  if (value === undefined || value.length > 66) return undefined;
  const text = String.fromCharCode(...value).replace(/[\0 ]+$/, "");
  return /^[0-9.]{1,64}$/.test(text) ? text : undefined;
}

function syntaxOf(where: string, uid: string | undefined): TransferSyntax {
  const { tag } = attributeOf("TransferSyntaxUID");
  if (uid === undefined)
    throw dicomError(where, { code: "D_NO_TS", expected: "a transfer syntax UID", got: "none", tag });
  const syntax = transferSyntaxOf(uid);
  if (syntax !== undefined) return syntax;
  throw dicomError(where, {
    code: "D_TS_UNSUPPORTED",
    expected: "a transfer syntax for images that is in the standard",
    got: uid,
    next: "Convert it first, for example with dcmconv, gdcmconv or dcmdjpeg",
    tag,
  });
}
