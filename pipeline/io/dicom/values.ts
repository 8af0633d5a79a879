import { type DicomItem, itemsOfElement } from "./data-set.ts";
import { type Attribute, attributeOf, type Keyword, tagKey } from "./dictionary.ts";
import { dicomError } from "./faults.ts";
import { decodeText } from "./text.ts";
import { valueBytesOf } from "./value-representations.ts";
import type { WalkedElement } from "./walk.ts";

/** Whether an attribute is there, even without a value. */
export function hasAttribute(item: DicomItem, keyword: Keyword): boolean {
  return elementOf(item, keyword) !== undefined;
}

/**
 * The texts of an attribute, padding removed.
 *
 * Empty:  no values where the attribute is missing or has no value
 * Errors: FormatError D_VR when the file gives the attribute a representation that the standard does not
 */
export function textsOf(item: DicomItem, keyword: Keyword): readonly string[] {
  const element = elementOf(item, keyword);
  if (element === undefined || element.length === 0 || element.items !== undefined) return [];
  assertVr(item, element, attributeOf(keyword));
  const bytes = item.source.byteArray.subarray(element.dataOffset, element.dataOffset + element.length) as Uint8Array;
  const texts = decodeText(bytes, item.characterSets)
    .split("\\")
    .map((text) => text.trim());
  return texts.length === 1 && texts[0] === "" ? [] : texts;
}

/** The first text of an attribute; undefined where there is none or it is empty. */
export function textOf(item: DicomItem, keyword: Keyword): string | undefined {
  const [text] = textsOf(item, keyword);
  return text === "" ? undefined : text;
}

/**
 * The numbers of an attribute, text or binary; NaN for text that is no number.
 *
 * Empty:  no values where the attribute is missing or has no value
 * Errors: FormatError D_VR; D_VALUE_LENGTH when binary numbers do not fill their bytes
 */
export function numbersOf(item: DicomItem, keyword: Keyword): readonly number[] {
  const element = elementOf(item, keyword);
  if (element === undefined || element.length === 0) return [];
  const attribute = attributeOf(keyword);
  assertVr(item, element, attribute);
  const vr = binaryVrOf(item, element, attribute);
  const read = binaryReaders[vr];
  if (read === undefined) return textsOf(item, keyword).map(numberOf);
  const size = valueBytesOf(vr);
  if (element.length % size !== 0)
    throw dicomError(item.where, {
      code: "D_VALUE_LENGTH",
      expected: `a multiple of ${size} bytes`,
      got: `${element.length}`,
      tag: attribute.tag,
    });
  return Array.from({ length: element.length / size }, (_, n) => read(item, tagKey(attribute.tag), n));
}

/** The only or first number of an attribute; undefined where there is none. */
export function numberIn(item: DicomItem, keyword: Keyword): number | undefined {
  return numbersOf(item, keyword)[0];
}

/** The items of a sequence; none where it is missing or empty. */
export function itemsOf(item: DicomItem, keyword: Keyword): readonly DicomItem[] {
  return itemsOfElement(item, elementOf(item, keyword)?.items ?? []);
}

function elementOf({ elements }: DicomItem, keyword: Keyword): WalkedElement | undefined {
  return elements[tagKey(attributeOf(keyword).tag)];
}

/** A decimal or integer string. Source: DICOM PS3.5 table 6.2-1, DS and IS */
function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

type BinaryReader = (item: DicomItem, key: string, index: number) => number;

const binaryReaders: Readonly<Record<string, BinaryReader | undefined>> = {
  US: ({ source }, key, index) => source.uint16(key, index) as number,
  SS: ({ source }, key, index) => source.int16(key, index) as number,
  UL: ({ source }, key, index) => source.uint32(key, index) as number,
  SL: ({ source }, key, index) => source.int32(key, index) as number,
  FL: ({ source }, key, index) => source.float(key, index) as number,
  FD: ({ source }, key, index) => source.double(key, index) as number,
};

/** `US or SS` of an implicit data set follows the pixels' signedness. */
function binaryVrOf(item: DicomItem, { vr }: WalkedElement, { vrs }: Attribute): string {
  if (vr !== undefined && vr !== "UN") return vr;
  const isSigned = vrs.includes("SS") && item.source.uint16("x00280103") === 1;
  return isSigned ? "SS" : vrs[0];
}

function assertVr(item: DicomItem, { vr }: WalkedElement, { vrs, tag }: Attribute): void {
  if (vr === undefined || vr === "UN" || vrs.includes(vr)) return;
  if (isText(vr) && vrs.every(isText)) return;
  throw dicomError(item.where, { code: "D_VR", expected: `representation ${vrs.join(" or ")}`, got: vr, tag });
}

const TEXTS = ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"];

function isText(vr: string): boolean {
  return TEXTS.includes(vr);
}
