import dcmjs from "dcmjs";
import { ConfigError } from "../../volume/errors.ts";
import { implementation } from "./implementation.ts";

/** One value, several, or the items of a sequence; an empty array writes the attribute without a value. */
export type DicomValue = string | number | readonly (string | number)[] | readonly DicomDataset[];

/** Attributes by DICOM keyword; `undefined` leaves the attribute out. */
export interface DicomDataset {
  readonly [keyword: string]: DicomValue | undefined;
}

/** Pixel data in the byte order and packing that the data set declares. */
export interface DicomPixels {
  readonly vr: "OB" | "OW";
  readonly bytes: Uint8Array;
}

type Elements = Record<string, { readonly vr: string; readonly Value: readonly unknown[] }>;

const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
/** An explicit-VR length field is 32 bits, even, and all ones means "undefined". */
const LARGEST_PIXEL_BYTES = 2 ** 32 - 4;

/**
 * The chunks of a DICOM file, explicit little endian, in order; `pixels.bytes` is one of them, not copied.
 *
 * Values are written as given: the caller formats numbers (`decimalString`) and shortens its own text (`shortText`), so
 * that what is copied from a source stays what the source says. Text is UTF-8; the data set has to declare it.
 *
 * Errors: ConfigError for a keyword that the standard does not have, or pixels longer than a length field can say
 * Cost:   dcmjs needs about 1 ms per frame of functional groups; the pixels cost nothing
 */
export function encodeDicom(dataset: DicomDataset, pixels?: DicomPixels): readonly Uint8Array[] {
  const file = new dcmjs.data.DicomDict(elementsOf(metaOf(dataset)));
  file.dict = elementsOf(dataset);
  // dcmjs prints values it finds too long, patient names among them; this switch keeps it silent.
  const attributes = new Uint8Array(file.write({ allowInvalidVRLength: true }));
  if (pixels === undefined) return [attributes];
  const padding = new Uint8Array(pixels.bytes.length % 2);
  return [attributes, pixelElementHead(pixels), pixels.bytes, padding];
}

function metaOf({ SOPClassUID, SOPInstanceUID }: DicomDataset): DicomDataset {
  return {
    FileMetaInformationVersion: [0, 1],
    MediaStorageSOPClassUID: SOPClassUID,
    MediaStorageSOPInstanceUID: SOPInstanceUID,
    TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    ImplementationClassUID: implementation.classUid,
    ImplementationVersionName: implementation.versionName,
  };
}

function elementsOf(dataset: DicomDataset): Elements {
  const elements: Elements = {};
  for (const [keyword, value] of Object.entries(dataset)) {
    if (value === undefined) continue;
    const { tag, vr } = entryOf(keyword, dataset);
    elements[tag] = { vr, Value: valuesOf(vr, value) };
  }
  return elements;
}

function entryOf(keyword: string, dataset: DicomDataset): { readonly tag: string; readonly vr: string } {
  const { nameMap } = dcmjs.data.DicomMetaDictionary;
  const entry = Object.hasOwn(nameMap, keyword) ? nameMap[keyword] : undefined;
  if (entry === undefined || entry.vr === "ox")
    throw new ConfigError({
      code: "W_KEYWORD",
      where: "DICOM data set",
      expected: "the keyword of a standard attribute other than pixels",
      got: keyword,
      next: "Correct the keyword; pixels have their own argument",
    });
  const tag = entry.tag.replace(/[(),]/g, "");
  // "US or SS" in the dictionary: the sign of the pixels decides.
  const vr = entry.vr === "xs" ? (dataset.PixelRepresentation === 1 ? "SS" : "US") : entry.vr;
  return { tag, vr };
}

function valuesOf(vr: string, value: DicomValue): readonly unknown[] {
  if (vr === "SQ") return (value as readonly DicomDataset[]).map(elementsOf);
  const values = Array.isArray(value) ? value : [value];
  return vr === "OB" ? [Uint8Array.from(values as number[]).buffer] : values;
}

/** Tag, VR, two reserved bytes and length of PixelData, which is the last element of the files written here. */
function pixelElementHead({ vr, bytes }: DicomPixels): Uint8Array {
  const length = bytes.length + (bytes.length % 2);
  if (length > LARGEST_PIXEL_BYTES)
    throw new ConfigError({
      code: "W_PIXELS_LARGE",
      where: "DICOM pixel data",
      expected: `at most ${LARGEST_PIXEL_BYTES} bytes`,
      got: `${length}`,
      next: "Split the classes over several files",
    });
  const head = Buffer.alloc(12);
  head.writeUInt16LE(0x7fe0, 0);
  head.writeUInt16LE(0x0010, 2);
  head.write(vr, 4, "latin1");
  head.writeUInt32LE(length, 8);
  return head;
}
