import dicomParser, { type ByteArrayParser, type DataSet } from "dicom-parser";
import { defaultLimits, type Limits } from "../../volume/limits.ts";
import type { Warning } from "../../volume/scan.ts";
import { type Body, bodyAfterMeta, moreBytesError } from "./body.ts";
import { byteCursor } from "./byte-cursor.ts";
import { attributeOf, tagKey } from "./dictionary.ts";
import { assertSyntaxFits, warnOfTail, warnOfText } from "./encoding-checks.ts";
import { dicomError, warningList } from "./faults.ts";
import { type FileMeta, hasDicomPrefix, readFileMeta } from "./file-meta.ts";
import { type Encapsulated, readFragments } from "./fragments.ts";
import { notDicomError } from "./not-dicom.ts";
import { decodeText } from "./text.ts";
import { explicitLittleEndian, implicitLittleEndian, type TransferSyntax } from "./transfer-syntaxes.ts";
import { type ElementHeader, type ElementTable, UNDEFINED_LENGTH, unknownVrError, walkDataSet } from "./walk.ts";

/** The elements of a data set or of one item of a sequence; `values.ts` reads them by keyword. */
export interface DicomItem {
  /** File, for messages. */
  readonly where: string;
  /** dicom-parser's record of the elements; its own recursive, unbounded walk is not used. */
  readonly source: DataSet;
  readonly elements: ElementTable;
  readonly explicitVr: boolean;
  /** Terms of the Specific Character Set in force here. */
  readonly characterSets: readonly string[];
}

/** The pixel data element. Offsets count bytes in `source.byteArray`. */
export interface PixelElement {
  /** 0x7fe00010, or 0x7fe00008 and 0x7fe00009 for float and double. */
  readonly tag: number;
  readonly offset: number;
  /** Undefined for encapsulated frames. */
  readonly length: number | undefined;
  /** Of encapsulated frames; undefined when only the beginning of the file is at hand. */
  readonly encapsulated: Encapsulated | undefined;
}

/** One DICOM file whose structure has been checked from end to end, or up to its pixels. It is a `DicomItem` too. */
export interface DicomDataSet {
  readonly where: string;
  readonly source: DataSet;
  readonly elements: ElementTable;
  readonly explicitVr: boolean;
  readonly characterSets: readonly string[];
  readonly transferSyntax: TransferSyntax;
  /** Undefined for a data set without file meta information. */
  readonly meta: FileMeta | undefined;
  readonly limits: Limits;
  readonly warnings: readonly Warning[];
  /** Undefined when the file holds no pixels. */
  readonly pixels: PixelElement | undefined;
  /** Size of the file, or of the data set where that is deflated. */
  readonly totalBytes: number;
}

/** What to call the file, and what it may cost. */
export interface DataSetOptions {
  readonly where: string;
  readonly limits?: Limits;
  /** Size of the file, where only its beginning is at hand. */
  readonly totalBytes?: number;
}

/** dicom-parser exports its class and parsers, its types do not. */
const { DataSet: DataSetRecord, ...parsers } = dicomParser as unknown as {
  readonly DataSet: new (parser: ByteArrayParser, bytes: Uint8Array, elements: ElementTable) => DataSet;
  readonly littleEndianByteArrayParser: ByteArrayParser;
  readonly bigEndianByteArrayParser: ByteArrayParser;
};

/** Whether a file's first bytes look like DICOM, with or without preamble and file meta information. */
export function looksLikeDicom(head: Uint8Array): boolean {
  const startsWithGroup = (group: number) => head[0] === group && head[1] === 0 && head[3] === 0;
  return hasDicomPrefix(head) || startsWithGroup(2) || startsWithGroup(8);
}

/**
 * The data set of a file, walked up to its pixels; `bytes` may be the beginning of a larger file.
 *
 * Errors: FormatError with a code of rows D01-D56 of the bad-input list; D_TRUNCATED also when more of the file is needed
 */
export function readDataSet(
  bytes: Uint8Array,
  { where, limits = defaultLimits, totalBytes = bytes.length }: DataSetOptions,
): DicomDataSet {
  const warnings = warningList(where);
  const file = { where, limits, warnings, bytes, totalBytes };
  const meta = readFileMeta(bytes, { where, limits, warn: warnings.warn });
  return meta === undefined ? readBare(file) : dataSetOf(bodyAfterMeta(file, meta));
}

/** The items of a sequence element, each a small data set of its own. */
export function itemsOfElement(parent: DicomItem, items: readonly ElementTable[]): readonly DicomItem[] {
  const { byteArray, byteArrayParser } = parent.source;
  return items.map((elements) => {
    const source = new DataSetRecord(byteArrayParser, byteArray, elements);
    const own = characterSetsIn(byteArray, elements);
    return { ...parent, source, elements, characterSets: own ?? parent.characterSets };
  });
}

/**
 * A data set without file meta information: believed only when one of the two encodings it may have accounts for every
 * byte of the file.
 */
function readBare(file: Omit<Body, "start" | "transferSyntax" | "meta">): DicomDataSet {
  const { where, bytes, totalBytes } = file;
  if (!looksLikeDicom(bytes)) throw notDicomError(where, bytes);
  if (bytes.length < totalBytes) throw moreBytesError(where);
  for (const transferSyntax of [explicitLittleEndian, implicitLittleEndian]) {
    const warnings = warningList(where);
    const found = bareDataSet({ ...file, warnings, start: 0, transferSyntax, meta: undefined });
    if (found === undefined) continue;
    warnings.warn("D_NO_META", `no file meta information; read as ${transferSyntax.name}`);
    return { ...found, warnings: warnings.list() };
  }
  throw notDicomError(where, bytes);
}

function bareDataSet(body: Body): DicomDataSet | undefined {
  try {
    const { pixels, ...dataSet } = dataSetOf(body);
    const exact = pixels === undefined || pixels.offset + (pixels.length ?? 0) === dataSet.totalBytes;
    const isPadded = dataSet.warnings.some(({ code }) => code.startsWith("D_TRAILING"));
    const isImage = dataSet.elements[tagKey(attributeOf("SOPClassUID").tag)] !== undefined;
    return exact && !isPadded && isImage ? { ...dataSet, pixels } : undefined;
  } catch {
    return undefined;
  }
}

function dataSetOf(body: Body): DicomDataSet {
  const { where, limits, warnings, bytes, start, transferSyntax, meta, totalBytes } = body;
  const { explicitVr, littleEndian } = transferSyntax;
  const { warn } = warnings;
  assertSyntaxFits(byteCursor(bytes, { where, start, littleEndian }), transferSyntax);
  const walk = walkDataSet(bytes, { where, start, explicitVr, littleEndian, limits, warn });
  if (walk.pixels === undefined && bytes.length < totalBytes) throw moreBytesError(where);
  const pixels = walk.pixels === undefined ? undefined : pixelElementOf(walk.pixels, body);
  if (walk.unknownVrTag !== undefined && warnings.list().some(({ code }) => code.startsWith("D_TRAILING")))
    throw unknownVrError(where, walk.unknownVrTag);
  const parser = littleEndian ? parsers.littleEndianByteArrayParser : parsers.bigEndianByteArrayParser;
  const source = new DataSetRecord(parser, bytes, walk.elements);
  const characterSets = characterSetsIn(bytes, walk.elements) ?? [];
  warnOfText(walk.elements, { bytes, characterSets, warn });
  return {
    ...{ where, source, elements: walk.elements, explicitVr, characterSets },
    ...{ transferSyntax, meta, limits, pixels, totalBytes },
    warnings: warnings.list(),
  };
}

function pixelElementOf({ tag, offset, ...header }: ElementHeader, body: Body): PixelElement {
  const { where, limits, warnings, bytes, transferSyntax, totalBytes } = body;
  const isEncapsulated = header.length === UNDEFINED_LENGTH;
  if (isEncapsulated !== (transferSyntax.codec !== undefined))
    throw dicomError(where, {
      code: "D_TS_MISMATCH",
      expected: `${isEncapsulated ? "native" : "compressed"} pixels, as the transfer syntax says`,
      got: `${isEncapsulated ? "compressed" : "native"} ones`,
      tag,
      offset,
    });
  const length = isEncapsulated ? undefined : header.length;
  if (bytes.length < totalBytes) return { tag, offset, length, encapsulated: undefined };
  const encapsulated = isEncapsulated
    ? readFragments(bytes, { where, start: offset, limits, warn: warnings.warn })
    : undefined;
  const end = encapsulated?.end ?? offset + header.length;
  if (end <= bytes.length) warnOfTail(bytes, { ...body, start: end, warn: warnings.warn });
  return { tag, offset, length, encapsulated };
}

function characterSetsIn(bytes: Uint8Array, elements: ElementTable): readonly string[] | undefined {
  const element = elements[tagKey(attributeOf("SpecificCharacterSet").tag)];
  if (element === undefined) return undefined;
  const text = decodeText(bytes.subarray(element.dataOffset, element.dataOffset + element.length), []);
  return text.split("\\").map((term) => term.trim());
}
