/** Builds DICOM bytes element by element, right or wrong in any way; independent of the reader under test. */

/** Tags as 8 hexadecimal digits. */
export const tags = {
  ImageType: "00080008",
  SpecificCharacterSet: "00080005",
  SOPClassUID: "00080016",
  SOPInstanceUID: "00080018",
  Modality: "00080060",
  SeriesDescription: "0008103e",
  PatientName: "00100010",
  PatientID: "00100020",
  SliceThickness: "00180050",
  StudyInstanceUID: "0020000d",
  SeriesInstanceUID: "0020000e",
  ImagePositionPatient: "00200032",
  ImageOrientationPatient: "00200037",
  FrameOfReferenceUID: "00200052",
  SamplesPerPixel: "00280002",
  PhotometricInterpretation: "00280004",
  NumberOfFrames: "00280008",
  Rows: "00280010",
  Columns: "00280011",
  PixelSpacing: "00280030",
  BitsAllocated: "00280100",
  BitsStored: "00280101",
  HighBit: "00280102",
  PixelRepresentation: "00280103",
  BurnedInAnnotation: "00280301",
  RescaleIntercept: "00281052",
  RescaleSlope: "00281053",
  PixelData: "7fe00010",
} as const;

/** A value: text, unsigned shorts, or bytes as they are. */
export interface BuiltElement {
  readonly vr: string;
  readonly value: string | readonly number[] | Uint8Array;
  /** Stated in place of the value's length. */
  readonly length?: number;
}

/** By tag; `undefined` leaves a default out. */
export type BuiltElements = Readonly<Record<string, BuiltElement | undefined>>;

/** How a file is put together. */
export interface BuildOptions {
  readonly elements?: BuiltElements;
  /** Transfer syntax UID in the file meta information; explicit little endian when left out. */
  readonly syntax?: string | undefined;
  readonly explicit?: boolean;
  readonly littleEndian?: boolean;
  /** 128 bytes and `DICM`, or nothing. */
  readonly preamble?: Uint8Array | "none";
  /** Group length of the file meta information in place of the right one; `none` leaves the element out. */
  readonly metaLength?: number | "none";
  readonly meta?: "none";
  /** Applied to the data set, such as a deflation. */
  readonly wrap?: (dataSet: Buffer) => Buffer;
  /** Bytes behind the data set. */
  readonly tail?: Uint8Array;
}

const LONG = ["OB", "OD", "OF", "OL", "OW", "SQ", "UC", "UN", "UR", "UT"];
export const EXPLICIT = "1.2.840.10008.1.2.1";
const MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4";

/** Side of the default slice. */
export const SIDE = 16;

/** An MR slice of 16 x 16 pixels of 16 bits that every reader takes. */
export const goodSlice: BuiltElements = {
  [tags.SOPClassUID]: text("UI", MR_IMAGE),
  [tags.SOPInstanceUID]: text("UI", "2.25.101"),
  [tags.Modality]: text("CS", "MR"),
  [tags.PatientName]: text("PN", "Test^Anna"),
  [tags.PatientID]: text("LO", "T-1"),
  [tags.SliceThickness]: text("DS", "3"),
  [tags.StudyInstanceUID]: text("UI", "2.25.102"),
  [tags.SeriesInstanceUID]: text("UI", "2.25.103"),
  [tags.ImagePositionPatient]: text("DS", "-10\\-20\\30"),
  [tags.ImageOrientationPatient]: text("DS", "1\\0\\0\\0\\1\\0"),
  [tags.FrameOfReferenceUID]: text("UI", "2.25.104"),
  [tags.SamplesPerPixel]: shorts(1),
  [tags.PhotometricInterpretation]: text("CS", "MONOCHROME2"),
  [tags.Rows]: shorts(SIDE),
  [tags.Columns]: shorts(SIDE),
  [tags.PixelSpacing]: text("DS", "2\\1"),
  [tags.BitsAllocated]: shorts(16),
  [tags.BitsStored]: shorts(16),
  [tags.HighBit]: shorts(15),
  [tags.PixelRepresentation]: shorts(0),
  [tags.PixelData]: { vr: "OW", value: Array.from({ length: SIDE * SIDE }, (_, i) => i) },
};

/** Text as an element. */
export function text(vr: string, value: string): BuiltElement {
  return { vr, value };
}

/** Unsigned 16-bit numbers as an element. */
export function shorts(...value: readonly number[]): BuiltElement {
  return { vr: "US", value };
}

/** Bytes as an element. */
export function bytes(vr: string, value: Uint8Array, length?: number): BuiltElement {
  return length === undefined ? { vr, value } : { vr, value, length };
}

/** A DICOM file: the good slice, changed. */
export function dicomFile({
  elements = {},
  syntax = EXPLICIT,
  explicit = true,
  littleEndian = true,
  preamble = Buffer.alloc(128),
  metaLength,
  meta,
  wrap = (dataSet) => dataSet,
  tail = new Uint8Array(0),
}: BuildOptions = {}): Buffer {
  const all = { ...goodSlice, ...elements };
  const dataSet = elementsBytes(all, { explicit, littleEndian });
  const head = preamble === "none" ? Buffer.alloc(0) : Buffer.concat([preamble, Buffer.from("DICM")]);
  const group = meta === "none" ? Buffer.alloc(0) : metaBytes(syntax, metaLength);
  return Buffer.concat([meta === "none" ? Buffer.alloc(0) : head, group, wrap(dataSet), tail]);
}

/** Elements in the order of their tags. */
export function elementsBytes(
  elements: BuiltElements,
  encoding: { readonly explicit?: boolean; readonly littleEndian?: boolean } = {},
): Buffer {
  return Buffer.concat(
    Object.keys(elements)
      .sort()
      .flatMap((tag) => {
        const element = elements[tag];
        return element === undefined ? [] : [elementBytes(tag, element, encoding)];
      }),
  );
}

/** One element. */
export function elementBytes(
  tag: string,
  { vr, value, length }: BuiltElement,
  { explicit = true, littleEndian = true }: { readonly explicit?: boolean; readonly littleEndian?: boolean } = {},
): Buffer {
  const content = valueBytes(value, { vr, littleEndian });
  const stated = length ?? content.length;
  const head = Buffer.alloc(explicit && LONG.includes(vr) ? 12 : 8);
  const write16 = (at: number, number: number) =>
    littleEndian ? head.writeUInt16LE(number, at) : head.writeUInt16BE(number, at);
  const write32 = (at: number, number: number) =>
    littleEndian ? head.writeUInt32LE(number, at) : head.writeUInt32BE(number, at);
  write16(0, Number.parseInt(tag.slice(0, 4), 16));
  write16(2, Number.parseInt(tag.slice(4), 16));
  if (!explicit) write32(4, stated);
  else {
    head.write(vr, 4, "latin1");
    if (LONG.includes(vr)) write32(8, stated);
    else write16(6, stated);
  }
  return Buffer.concat([head, content]);
}

function valueBytes(
  value: BuiltElement["value"],
  { vr, littleEndian }: { readonly vr: string; readonly littleEndian: boolean },
): Buffer {
  if (typeof value === "string") {
    const padding = value.length % 2 === 0 ? "" : vr === "UI" ? "\0" : " ";
    return Buffer.from(value + padding, "latin1");
  }
  if (value instanceof Uint8Array) return Buffer.from(value);
  const numbers = Buffer.alloc(2 * value.length);
  for (const [i, number] of value.entries())
    if (littleEndian) numbers.writeUInt16LE(number, 2 * i);
    else numbers.writeUInt16BE(number, 2 * i);
  return numbers;
}

function metaBytes(syntax: string, metaLength: BuildOptions["metaLength"]): Buffer {
  const group = elementsBytes({
    "00020001": bytes("OB", Uint8Array.of(0, 1)),
    "00020002": text("UI", MR_IMAGE),
    "00020003": text("UI", "2.25.101"),
    ...(syntax === "" ? {} : { "00020010": text("UI", syntax) }),
  });
  if (metaLength === "none") return group;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metaLength ?? group.length);
  return Buffer.concat([elementBytes("00020000", bytes("UL", length)), group]);
}
