import type { Limits } from "../../volume/limits.ts";
import { type ByteCursor, byteCursor, fail, readTag, readUint32 } from "./byte-cursor.ts";
import type { WarningList } from "./faults.ts";
import { ITEM, SEQUENCE_DELIMITER, UNDEFINED_LENGTH } from "./walk.ts";

/** A piece of compressed pixels. */
export interface Fragment {
  /** Where its item begins, counted as offset tables do: from the first item behind the basic offset table. */
  readonly itemOffset: number;
  readonly bytes: Uint8Array;
}

/** The value of an encapsulated pixel data element. */
export interface Encapsulated {
  /** One per frame, or none. */
  readonly basicOffsets: readonly number[];
  readonly fragments: readonly Fragment[];
  /** Position behind the value. */
  readonly end: number;
}

interface FragmentOptions {
  readonly where: string;
  /** Where the value begins: the item of the basic offset table. */
  readonly start: number;
  readonly limits: Limits;
  readonly warn: WarningList["warn"];
}

interface Item {
  readonly start: number;
  readonly bytes: Uint8Array;
}

const PIXEL_DATA = 0x7fe00010;

/**
 * Finds the fragments of encapsulated pixels.
 *
 * Errors: FormatError D_NO_FRAGMENT, D_PIXEL_SHORT when one is cut off, D_STRUCTURE, D_LENGTH or D_ELEMENTS
 * Source: DICOM PS3.5 annex A.4
 */
export function readFragments(bytes: Uint8Array, { where, start, limits, warn }: FragmentOptions): Encapsulated {
  const cursor = byteCursor(bytes, { where, start, littleEndian: true });
  const items: Item[] = [];
  for (let item = readItem(cursor, warn); item !== undefined; item = readItem(cursor, warn)) {
    items.push(item);
    if (items.length > limits.elements)
      fail(cursor, { code: "D_ELEMENTS", expected: `at most ${limits.elements} fragments`, got: "more" });
  }
  if (items.length < 2)
    fail(cursor, { code: "D_NO_FRAGMENT", expected: "compressed pixels", got: "no fragment", tag: PIXEL_DATA });
  const [table, ...pieces] = items;
  return {
    basicOffsets: uint32sOf(table.bytes),
    fragments: pieces.map((piece) => ({ itemOffset: piece.start - items[1].start, bytes: piece.bytes })),
    end: cursor.position,
  };
}

/** The next item, or undefined behind the last. */
function readItem(cursor: ByteCursor, warn: WarningList["warn"]): Item | undefined {
  const { bytes, position: start } = cursor;
  if (start === bytes.length) {
    warn("D_NO_DELIMITER", "the last fragment is not followed by a delimiter");
    return undefined;
  }
  needPixels(cursor, 8);
  const tag = readTag(cursor);
  const length = readUint32(cursor);
  if (tag === SEQUENCE_DELIMITER) {
    if (length !== 0) warn("D_DELIMITER_LENGTH", "a delimiter has a length; it was taken as 0");
    return undefined;
  }
  if (tag !== ITEM) fail(cursor, { code: "D_STRUCTURE", expected: "a fragment", got: "another tag", tag: PIXEL_DATA });
  if (length === UNDEFINED_LENGTH)
    fail(cursor, { code: "D_LENGTH", expected: "a fragment's length", got: "an undefined one", tag: PIXEL_DATA });
  needPixels(cursor, length);
  cursor.position += length;
  return { start, bytes: bytes.subarray(cursor.position - length, cursor.position) };
}

function needPixels(cursor: ByteCursor, count: number): void {
  const left = cursor.bytes.length - cursor.position;
  if (count > left)
    fail(cursor, {
      code: "D_PIXEL_SHORT",
      expected: `${count} bytes of compressed pixels`,
      got: `${left}`,
      next: "The file is truncated; copy it again",
      tag: PIXEL_DATA,
    });
}

function uint32sOf(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, true));
}
