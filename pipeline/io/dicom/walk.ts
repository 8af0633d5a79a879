import type { Limits } from "../../volume/limits.ts";
import {
  type ByteCursor,
  byteCursor,
  fail,
  looksExplicit,
  need,
  onlyZerosFollow,
  readTag,
  readUint16,
  readUint32,
  readVr,
  tagAt,
} from "./byte-cursor.ts";
import { attributeOfTag, tagKey, tagText } from "./dictionary.ts";
import { dicomError, type WarningList } from "./faults.ts";
import { hasLongLength, isKnownVr, valueBytesOf } from "./value-representations.ts";

/** One element: where its value lies. Named as dicom-parser names it. */
export interface WalkedElement {
  /** `xggggeeee` */
  readonly tag: string;
  /** Undefined where the encoding does not say it. */
  readonly vr: string | undefined;
  readonly length: number;
  readonly dataOffset: number;
  /** Of a sequence, each item's own elements. */
  readonly items?: readonly ElementTable[];
}

/** Elements of a data set or an item by `xggggeeee`; without a prototype. */
export type ElementTable = Readonly<Record<string, WalkedElement>>;

/** What stands before a value. */
export interface ElementHeader {
  /** 0xggggeeee */
  readonly tag: number;
  readonly vr: string | undefined;
  /** May be UNDEFINED_LENGTH. */
  readonly length: number;
  /** Where the value begins. */
  readonly offset: number;
}

/** What a walk found. */
export interface Walk {
  readonly elements: ElementTable;
  /** The pixel data element of the data set itself; the walk stops in front of its value. */
  readonly pixels: ElementHeader | undefined;
  /** First element with a representation that the standard does not know. */
  readonly unknownVrTag: number | undefined;
}

/** How to walk. */
export interface WalkOptions {
  readonly where: string;
  /** First byte of the data set. */
  readonly start: number;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly limits: Limits;
  readonly warn: WarningList["warn"];
}

/** A length that says "until the delimiter". */
export const UNDEFINED_LENGTH = 0xffffffff;
/** Tags that shape sequences and fragments. */
export const ITEM = 0xfffee000;
const ITEM_DELIMITER = 0xfffee00d;
export const SEQUENCE_DELIMITER = 0xfffee0dd;

const PIXEL_DATA = 0x7fe00010;
const PIXEL_TAGS: ReadonlySet<number> = new Set([0x7fe00008, 0x7fe00009, PIXEL_DATA]);

/** What is being read: the elements of a data set or item, the items of a sequence, or raw fragments. */
interface Level {
  readonly kind: "elements" | "items" | "fragments";
  readonly end: number;
  /** Ends at a delimiter instead of at `end`. */
  readonly delimited: boolean;
  /** `guess`: inside UN, where writers disagree; told from each item's first element. */
  readonly explicitVr: boolean | "guess";
  readonly elements: Record<string, WalkedElement>;
  readonly items: ElementTable[];
  previousTag: number;
}

interface Walker {
  readonly options: WalkOptions;
  readonly cursor: ByteCursor;
  /** Outermost first; empty when the walk is over. */
  readonly levels: Level[];
  count: number;
  pixels: ElementHeader | undefined;
  unknownVrTag: number | undefined;
}

/**
 * Reads every element header of a data set up to its pixels, so that no length, depth or count has to be trusted later.
 * Iterative: nesting costs no stack.
 *
 * Errors: FormatError D_TRUNCATED, D_LENGTH, D_DEPTH, D_ELEMENTS, D_VALUE_SIZE, D_VR, D_DUPLICATE or D_STRUCTURE
 * Cost:   O(elements); values are not looked at
 * Source: DICOM PS3.5 section 7
 */
export function walkDataSet(bytes: Uint8Array, options: WalkOptions): Walk {
  const root = levelOf("elements", { end: bytes.length, delimited: false, explicitVr: options.explicitVr });
  const walker: Walker = {
    options,
    cursor: byteCursor(bytes, options),
    levels: [root],
    count: 0,
    pixels: undefined,
    unknownVrTag: undefined,
  };
  try {
    while (walker.levels.length > 0) step(walker);
  } catch (error) {
    if (walker.unknownVrTag === undefined) throw error;
    throw unknownVrError(options.where, walker.unknownVrTag, error);
  }
  return { elements: root.elements, pixels: walker.pixels, unknownVrTag: walker.unknownVrTag };
}

/** The refusal of a file in which an unknown representation led the walk astray. */
export function unknownVrError(where: string, tag: number, cause?: unknown): Error {
  const fault = { code: "D_VR", expected: "a value representation of the standard", got: "unknown letters", tag };
  return dicomError(where, fault, { cause });
}

function step(walker: Walker): void {
  const level = walker.levels[walker.levels.length - 1];
  if (!level.delimited && walker.cursor.position === level.end) walker.levels.pop();
  else if (level.kind === "elements") readElement(walker, level);
  else readItem(walker, level);
}

function readElement(walker: Walker, level: Level): void {
  const { cursor } = walker;
  if (walker.levels.length === 1 && onlyZerosFollow(cursor)) {
    endAtZeros(walker);
    return;
  }
  need(cursor, level.end, { count: 8 });
  const tag = readTag(cursor);
  if (tag === ITEM_DELIMITER && level.delimited) leaveAtDelimiter(walker, readUint32(cursor));
  else if (tag === 0 || tag === ITEM || tag === ITEM_DELIMITER || tag === SEQUENCE_DELIMITER)
    fail(cursor, { code: "D_STRUCTURE", expected: "an element", got: "a tag that can be none", tag });
  else takeElement(walker, level, readHeader(walker, { level, tag }));
}

function takeElement(walker: Walker, level: Level, header: ElementHeader): void {
  noteTag(walker, level, header.tag);
  if (walker.levels.length === 1 && PIXEL_TAGS.has(header.tag)) {
    walker.pixels = header;
    walker.levels.length = 0;
    return;
  }
  const { tag, vr, length, offset } = header;
  const key = tagKey(tag);
  const kind = innerKindOf(walker, header);
  if (kind === undefined) {
    skipValue(walker, level, header);
    level.elements[key] = { tag: key, vr, length, dataOffset: offset };
  } else {
    const { items } = enter(walker, level, { header, kind, explicitVr: vr === "UN" ? "guess" : level.explicitVr });
    level.elements[key] = { tag: key, vr, length, dataOffset: offset, items };
  }
}

/** An item, a fragment, or the delimiter that ends them. */
function readItem(walker: Walker, level: Level): void {
  const { cursor } = walker;
  need(cursor, level.end, { count: 8 });
  const tag = readTag(cursor);
  const length = readUint32(cursor);
  const header = { tag, vr: "OB", length, offset: cursor.position };
  if (tag === SEQUENCE_DELIMITER && level.delimited) leaveAtDelimiter(walker, length);
  else if (tag !== ITEM) fail(cursor, { code: "D_STRUCTURE", expected: "an item", got: "another tag", tag });
  else if (level.kind === "fragments") skipValue(walker, level, header);
  else {
    countElement(walker);
    const explicitVr = level.explicitVr === "guess" ? looksExplicit(cursor) : level.explicitVr;
    level.items.push(enter(walker, level, { header, kind: "elements", explicitVr }).elements);
  }
}

function enter(
  { cursor, levels, options }: Walker,
  outer: Level,
  { header, kind, explicitVr }: Pick<Level, "kind" | "explicitVr"> & { readonly header: ElementHeader },
): Level {
  const { tag, length } = header;
  const delimited = length === UNDEFINED_LENGTH;
  if (!delimited) need(cursor, outer.end, { count: length, tag });
  const { sequenceDepth } = options.limits;
  // A sequence and its item are two levels.
  if (levels.length > 2 * sequenceDepth)
    fail(cursor, { code: "D_DEPTH", expected: `at most ${sequenceDepth} nested sequences`, got: "more", tag });
  const level = levelOf(kind, { end: delimited ? outer.end : cursor.position + length, delimited, explicitVr });
  levels.push(level);
  return level;
}

function levelOf(
  kind: Level["kind"],
  { end, delimited, explicitVr }: Pick<Level, "end" | "delimited" | "explicitVr">,
): Level {
  return { kind, end, delimited, explicitVr, elements: Object.create(null), items: [], previousTag: -1 };
}

function readHeader(walker: Walker, { level, tag }: { readonly level: Level; readonly tag: number }): ElementHeader {
  const { cursor } = walker;
  if (!level.explicitVr) {
    const length = readUint32(cursor);
    return { tag, vr: undefined, length, offset: cursor.position };
  }
  const vr = readVr(cursor);
  if (!isKnownVr(vr)) {
    walker.unknownVrTag ??= tag;
    walker.options.warn("D_VR", `${tagText(tag)} has an unknown value representation and was skipped`);
  }
  const reservedOrLength = readUint16(cursor);
  if (!hasLongLength(vr)) return { tag, vr, length: reservedOrLength, offset: cursor.position };
  need(cursor, level.end, { count: 4, tag });
  const length = readUint32(cursor);
  return { tag, vr, length, offset: cursor.position };
}

/** Whether a value has items inside, and of which kind. UN of undefined length is a sequence (PS3.5 section 6.2.2). */
function innerKindOf({ cursor }: Walker, { tag, vr, length }: ElementHeader): "items" | "fragments" | undefined {
  if (vr === "SQ") return "items";
  const nameless = vr === undefined || vr === "UN";
  if (length === UNDEFINED_LENGTH) {
    if (nameless) return "items";
    // An icon's compressed pixels, inside an item.
    return tag === PIXEL_DATA ? "fragments" : undefined;
  }
  const mayBeSequence = nameless && attributeOfTag(tag)?.vrs[0] === "SQ";
  const hasItem = length >= 8 && cursor.position + 4 <= cursor.bytes.length && tagAt(cursor, cursor.position) === ITEM;
  return mayBeSequence && hasItem ? "items" : undefined;
}

function skipValue({ cursor, options }: Walker, level: Level, { tag, vr = "UN", length }: ElementHeader): void {
  const { elementBytes } = options.limits;
  if (length === UNDEFINED_LENGTH)
    fail(cursor, { code: "D_LENGTH", expected: "a length", got: "an undefined one", tag });
  if (length > elementBytes)
    fail(cursor, { code: "D_VALUE_SIZE", expected: `at most ${elementBytes} bytes`, got: `${length}`, tag });
  need(cursor, level.end, { count: length, tag });
  if (length % valueBytesOf(vr) !== 0)
    options.warn("D_VALUE_LENGTH", `${tagText(tag)} has ${length} bytes, no multiple of what ${vr} takes`);
  else if (length % 2 === 1) options.warn("D_ODD_LENGTH", `${tagText(tag)} has an odd length`);
  cursor.position += length;
}

function noteTag(walker: Walker, level: Level, tag: number): void {
  countElement(walker);
  if (level.elements[tagKey(tag)] !== undefined && attributeOfTag(tag) !== undefined)
    fail(walker.cursor, { code: "D_DUPLICATE", expected: "each element once", got: "it twice", tag });
  if (tag <= level.previousTag) walker.options.warn("D_TAG_ORDER", `${tagText(tag)} is out of order`);
  level.previousTag = tag;
}

function countElement(walker: Walker): void {
  const { elements } = walker.options.limits;
  walker.count++;
  if (walker.count > elements)
    fail(walker.cursor, { code: "D_ELEMENTS", expected: `at most ${elements} elements`, got: "more" });
}

function leaveAtDelimiter({ levels, options }: Walker, length: number): void {
  if (length !== 0) options.warn("D_DELIMITER_LENGTH", "a delimiter has a length; it was taken as 0");
  levels.pop();
}

function endAtZeros({ cursor, levels, options }: Walker): void {
  options.warn("D_TRAILING_ZEROS", `${cursor.bytes.length - cursor.position} zero bytes follow the data set`);
  levels.length = 0;
}
