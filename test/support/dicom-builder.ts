/** How elements are written. */
export interface DicomEncoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

/** A value that an element gets, and what its header claims of it. */
export interface DicomValue {
  readonly vr: string;
  readonly bytes: (encoding: DicomEncoding) => Uint8Array;
  /** Length that the header states, where that is not the value's own. */
  readonly statedLength?: number;
}

/** Values by tag, such as `0020,0032`; written in the order of the tags. Undefined leaves an element out. */
export type DicomElements = Readonly<Record<string, DicomValue | undefined>>;

/** How a file differs from an ordinary one. */
export interface DicomFileOptions {
  readonly transferSyntax?: string;
  /** 128 bytes of zero when left out; undefined leaves `DICM` out too. */
  readonly preamble?: Uint8Array | undefined;
  /** Replaces elements of the file meta information; undefined leaves the whole group out. */
  readonly meta?: DicomElements | undefined;
  /** Takes the place of the encoded elements. */
  readonly dataSet?: Uint8Array;
}

/** Transfer syntaxes that tests name. */
export const syntaxes = {
  implicitLittle: "1.2.840.10008.1.2",
  explicitLittle: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  explicitBig: "1.2.840.10008.1.2.2",
  rle: "1.2.840.10008.1.2.5",
  jpeg: "1.2.840.10008.1.2.4.50",
  jpegLossless: "1.2.840.10008.1.2.4.70",
  jpegLs: "1.2.840.10008.1.2.4.80",
  jpeg2000: "1.2.840.10008.1.2.4.90",
  htj2k: "1.2.840.10008.1.2.4.201",
} as const;

const MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4";
const UNDEFINED_LENGTH = 0xffffffff;
const explicitLittle: DicomEncoding = { explicitVr: true, littleEndian: true };

/** Representations whose length has 32 bits, behind two reserved bytes. Source: DICOM PS3.5 section 7.1.2 */
const long = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

/** Sides of the ordinary image. */
export const ROWS = 5;
export const COLUMNS = 7;

/** One MR image of 5 x 7 signed pixels -17, -16 ... 17, 3 mm thick, 2 mm between rows, 1 mm between columns. */
export const imageElements: DicomElements = {
  "0008,0016": text("UI", MR_IMAGE),
  "0008,0018": text("UI", "2.25.301"),
  "0008,0060": text("CS", "MR"),
  "0010,0010": text("PN", "Nobody^Nora"),
  "0010,0020": text("LO", "N-1"),
  "0018,0050": text("DS", "3"),
  "0020,000d": text("UI", "2.25.101"),
  "0020,000e": text("UI", "2.25.201"),
  "0020,0032": text("DS", "-10\\-20\\-30"),
  "0020,0037": text("DS", "1\\0\\0\\0\\1\\0"),
  "0020,0052": text("UI", "2.25.401"),
  "0028,0002": shorts(1),
  "0028,0004": text("CS", "MONOCHROME2"),
  "0028,0010": shorts(ROWS),
  "0028,0011": shorts(COLUMNS),
  "0028,0030": text("DS", "2\\1"),
  "0028,0100": shorts(16),
  "0028,0101": shorts(16),
  "0028,0102": shorts(15),
  "0028,0103": shorts(1),
  "7fe0,0010": words(Array.from({ length: ROWS * COLUMNS }, (_, i) => i - 17)),
};

/** The bytes of a DICOM file: the ordinary image with some elements replaced, added or left out, even impossibly. */
export function dicomFile(changes: DicomElements = {}, options: DicomFileOptions = {}): Buffer {
  const { transferSyntax = syntaxes.explicitLittle, dataSet } = options;
  const preamble = "preamble" in options ? options.preamble : new Uint8Array(128);
  const start = preamble === undefined ? [] : [preamble, Buffer.from("DICM")];
  const meta = "meta" in options && options.meta === undefined ? [] : [metaOf(transferSyntax, options.meta ?? {})];
  const body = dataSet ?? encodedElements({ ...imageElements, ...changes }, encodingOf(transferSyntax));
  return Buffer.concat([...start, ...meta, body]);
}

/** Elements one after another, in the order of their tags. */
export function encodedElements(elements: DicomElements, encoding: DicomEncoding = explicitLittle): Buffer {
  const sorted = Object.entries(elements).sort(([one], [other]) => (one < other ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(([tag, value]) => (value === undefined ? [] : [encodedElement(tag, value, encoding)])),
  );
}

/** One element. */
export function encodedElement(tag: string, value: DicomValue, encoding: DicomEncoding = explicitLittle): Buffer {
  const bytes = value.bytes(encoding);
  return Buffer.concat([
    headerOf(tag, { ...value, statedLength: value.statedLength ?? bytes.length }, encoding),
    bytes,
  ]);
}

/** Text, padded to an even length. */
export function text(vr: string, value: string): DicomValue {
  const padding = value.length % 2 === 0 ? "" : vr === "UI" ? "\0" : " ";
  return raw(vr, Buffer.from(value + padding, "latin1"));
}

/** Unsigned 16-bit numbers (US). */
export function shorts(...values: readonly number[]): DicomValue {
  return { vr: "US", bytes: (encoding) => integers(values, { size: 2, ...encoding }) };
}

/** 32-bit numbers (UL). */
export function longs(...values: readonly number[]): DicomValue {
  return { vr: "UL", bytes: (encoding) => integers(values, { size: 4, ...encoding }) };
}

/** 16-bit pixels (OW), signed or not. */
export function words(values: readonly number[]): DicomValue {
  return { vr: "OW", bytes: (encoding) => integers(values, { size: 2, ...encoding }) };
}

/** Any bytes, and any claim about their length. */
export function raw(vr: string, bytes: Uint8Array, statedLength?: number): DicomValue {
  return { vr, bytes: () => bytes, ...(statedLength === undefined ? {} : { statedLength }) };
}

/** A sequence; `delimited` writes undefined lengths and delimiters in place of lengths. */
export function sequence(items: readonly DicomElements[], { delimited = false } = {}): DicomValue {
  const bytes = (encoding: DicomEncoding) =>
    Buffer.concat([
      ...items.map((item) => encodedItem(encodedElements(item, encoding), { delimited, ...encoding })),
      ...(delimited ? [delimiter("fffe,e0dd", encoding)] : []),
    ]);
  return { vr: "SQ", bytes, ...(delimited ? { statedLength: UNDEFINED_LENGTH } : {}) };
}

/** Compressed pixels: an empty offset table, the fragments, and the delimiter unless `open`. */
export function encapsulated(fragments: readonly Uint8Array[], { open = false } = {}): DicomValue {
  const items = [new Uint8Array(0), ...fragments].map((bytes) =>
    encodedItem(bytes, { delimited: false, ...explicitLittle }),
  );
  const end = open ? [] : [delimiter("fffe,e0dd", explicitLittle)];
  return raw("OB", Buffer.concat([...items, ...end]), UNDEFINED_LENGTH);
}

/** The tag and length that open an item, or delimit one. */
export function itemHeader(tag: string, length: number, { littleEndian }: DicomEncoding = explicitLittle): Buffer {
  return Buffer.concat([tagBytes(tag, littleEndian), integers([length], { size: 4, littleEndian })]);
}

function encodedItem(content: Uint8Array, { delimited, ...encoding }: DicomEncoding & { delimited: boolean }): Buffer {
  const length = delimited ? UNDEFINED_LENGTH : content.length;
  const end = delimited ? [delimiter("fffe,e00d", encoding)] : [];
  return Buffer.concat([itemHeader("fffe,e000", length, encoding), content, ...end]);
}

function delimiter(tag: string, encoding: DicomEncoding): Buffer {
  return itemHeader(tag, 0, encoding);
}

function metaOf(transferSyntax: string, changes: DicomElements): Buffer {
  const elements = {
    "0002,0001": raw("OB", Uint8Array.of(0, 1)),
    "0002,0002": text("UI", MR_IMAGE),
    "0002,0003": text("UI", "2.25.301"),
    "0002,0010": text("UI", transferSyntax),
    "0002,0012": text("UI", "2.25.1"),
    ...changes,
  };
  const { "0002,0000": _length, ...others } = elements as DicomElements;
  return encodedElements({ "0002,0000": longs(encodedElements(others).length), ...elements });
}

function headerOf(
  tag: string,
  { vr, statedLength }: Required<Pick<DicomValue, "vr" | "statedLength">>,
  { explicitVr, littleEndian }: DicomEncoding,
): Buffer {
  const number = (size: 2 | 4) => integers([statedLength], { size, littleEndian });
  if (!explicitVr) return Buffer.concat([tagBytes(tag, littleEndian), number(4)]);
  const length = long.has(vr) ? [new Uint8Array(2), number(4)] : [number(2)];
  return Buffer.concat([tagBytes(tag, littleEndian), Buffer.from(vr, "latin1"), ...length]);
}

function tagBytes(tag: string, littleEndian: boolean): Buffer {
  const [group, element] = tag.split(",").map((part) => Number.parseInt(part, 16));
  return integers([group, element], { size: 2, littleEndian });
}

function integers(
  values: readonly number[],
  { size, littleEndian }: { readonly size: 2 | 4; readonly littleEndian: boolean },
): Buffer {
  const bytes = Buffer.alloc(size * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [i, value] of values.entries())
    if (size === 2) view.setInt16(2 * i, value, littleEndian);
    else view.setInt32(4 * i, value, littleEndian);
  return bytes;
}

function encodingOf(transferSyntax: string): DicomEncoding {
  return {
    explicitVr: transferSyntax !== syntaxes.implicitLittle,
    littleEndian: transferSyntax !== syntaxes.explicitBig,
  };
}
