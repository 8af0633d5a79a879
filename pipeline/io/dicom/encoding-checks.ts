import { FormatError } from "../../volume/errors.ts";
import type { Body } from "./body.ts";
import { type ByteCursor, byteCursor, fail, looksExplicit, onlyZerosFollow, tagAt } from "./byte-cursor.ts";
import type { WarningList } from "./faults.ts";
import { areKnownCharacterSets, decodeText, isAscii } from "./text.ts";
import type { TransferSyntax } from "./transfer-syntaxes.ts";
import { type ElementTable, walkDataSet } from "./walk.ts";

/** Groups of the standard that a data set can begin with; a swapped group number lies far above. */
const HIGHEST_FIRST_GROUP = 0x00ff;

/** Representations whose text may be in another character set than ASCII. */
const TEXT_VRS = new Set(["SH", "LO", "ST", "PN", "LT", "UC", "UT"]);

/** Longest text that is looked at for a warning's sake. */
const MOST_TEXT = 1024;

/** Padding that the standard allows behind the pixels. */
const DATA_SET_TRAILING_PADDING = 0xfffcfffc;

/**
 * Refuses a data set whose first element is not written as the transfer syntax says.
 *
 * Errors: FormatError D_TS_MISMATCH
 */
export function assertSyntaxFits(cursor: ByteCursor, { name, explicitVr }: TransferSyntax): void {
  if (cursor.position + 8 > cursor.bytes.length) return;
  const group = tagAt(cursor, cursor.position) >>> 16;
  const isSwapped = group > HIGHEST_FIRST_GROUP && (group & 0xff) === 0 && group >>> 8 <= HIGHEST_FIRST_GROUP;
  if (!isSwapped && looksExplicit(cursor) === explicitVr) return;
  fail(cursor, {
    code: "D_TS_MISMATCH",
    expected: `elements in ${name}, as the transfer syntax says`,
    got: isSwapped ? "the other byte order" : `${explicitVr ? "implicit" : "explicit"} value representations`,
  });
}

/** Warns of what lies behind the pixels, unless it is padding or elements as the standard allows them. */
export function warnOfTail(
  bytes: Uint8Array,
  { where, start, transferSyntax, limits, warn }: Omit<Body, "warnings"> & Pick<WarningList, "warn">,
): void {
  const cursor = byteCursor(bytes, { where, start, littleEndian: transferSyntax.littleEndian });
  const left = bytes.length - start;
  if (left === 0 || (left >= 4 && tagAt(cursor, start) === DATA_SET_TRAILING_PADDING)) return;
  if (onlyZerosFollow(cursor)) {
    if (left > 1) warn("D_TRAILING_ZEROS", `${left} zero bytes follow the pixels`);
    return;
  }
  try {
    walkDataSet(bytes, { where, start, ...transferSyntax, limits, warn: () => {} });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    warn("D_TRAILING", `${left} bytes behind the pixels are no elements and were ignored`);
  }
}

/** Warns of text that cannot be decoded; it is read with U+FFFD in its place. */
export function warnOfText(
  elements: ElementTable,
  {
    bytes,
    characterSets,
    warn,
  }: {
    readonly bytes: Uint8Array;
    readonly characterSets: readonly string[];
    readonly warn: WarningList["warn"];
  },
): void {
  if (!areKnownCharacterSets(characterSets)) warn("D_CHARSET", "the character set is unknown; text was read as ASCII");
  for (const { vr = "", dataOffset, length } of Object.values(elements)) {
    if (!TEXT_VRS.has(vr) || length > MOST_TEXT) continue;
    const value = bytes.subarray(dataOffset, dataOffset + length);
    if (isAscii(value) || !decodeText(value, characterSets).includes("\ufffd")) continue;
    warn("D_CHARSET", "some text does not fit the character set that the file names");
    return;
  }
}
