import type { DicomDataSet } from "./data-set.ts";
import { attributeOf, type Keyword } from "./dictionary.ts";
import { dicomError } from "./faults.ts";
import type { Photometric, PixelFormat } from "./image.ts";
import { hasAttribute, numbersOf, textOf, textsOf } from "./values.ts";

const monochrome: readonly string[] = ["MONOCHROME1", "MONOCHROME2"];
const colour: readonly string[] = ["RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"];

const FLOAT_PIXELS = 0x7fe00008;
const DOUBLE_PIXELS = 0x7fe00009;

/** Rows, columns and frames of an image. */
export interface PixelExtent {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
}

/**
 * How many pixels an image says it has.
 *
 * Errors: FormatError D_MISSING, D_DIM_ZERO, D_FRAMES_BAD
 */
export function pixelExtentOf(dataSet: DicomDataSet): PixelExtent {
  return { rows: sideOf(dataSet, "Rows"), columns: sideOf(dataSet, "Columns"), frames: frameCountOf(dataSet) };
}

/**
 * How an image's pixels are stored.
 *
 * Errors: FormatError D_MISSING, D_SAMPLES, D_PHOTOMETRIC, D_BITS
 * Source: DICOM PS3.3 C.7.6.3.1
 */
export function pixelFormatOf(dataSet: DicomDataSet): PixelFormat {
  const tag = dataSet.pixels?.tag;
  const kind = tag === FLOAT_PIXELS ? "float" : tag === DOUBLE_PIXELS ? "double" : "integer";
  const samplesPerPixel = samplesOf(dataSet);
  const planar = (numbersOf(dataSet, "PlanarConfiguration")[0] ?? 0) === 1;
  const photometric = photometricOf(dataSet, samplesPerPixel);
  return { kind, ...bitsOf(dataSet, kind), samplesPerPixel, planar, photometric };
}

function sideOf(dataSet: DicomDataSet, keyword: "Rows" | "Columns"): number {
  const side = requiredNumber(dataSet, keyword);
  if (side > 0) return side;
  throw faultOf(dataSet, keyword, { code: "D_DIM_ZERO", expected: "at least one pixel", got: String(side) });
}

function frameCountOf(dataSet: DicomDataSet): number {
  const texts = textsOf(dataSet, "NumberOfFrames");
  if (texts.length === 0) return 1;
  const count = texts.length === 1 && /^\+?\d{1,9}$/.test(texts[0]) ? Number(texts[0]) : 0;
  const { slices } = dataSet.limits;
  if (count >= 1 && count <= slices) return count;
  throw faultOf(dataSet, "NumberOfFrames", {
    code: "D_FRAMES_BAD",
    expected: `a whole number from 1 to ${slices}`,
    got: texts.length > 1 ? `${texts.length} values` : "another value",
  });
}

function samplesOf(dataSet: DicomDataSet): 1 | 3 {
  const samples = hasAttribute(dataSet, "SamplesPerPixel") ? requiredNumber(dataSet, "SamplesPerPixel") : 1;
  if (samples === 1 || samples === 3) return samples;
  throw faultOf(dataSet, "SamplesPerPixel", { code: "D_SAMPLES", expected: "1 or 3", got: String(samples) });
}

function photometricOf(dataSet: DicomDataSet, samples: 1 | 3): Photometric {
  const found = textOf(dataSet, "PhotometricInterpretation") ?? "MONOCHROME2";
  const allowed = samples === 1 ? monochrome : colour;
  if (allowed.includes(found)) return found as Photometric;
  const isKnown = [...monochrome, ...colour, "PALETTE COLOR"].includes(found);
  throw faultOf(dataSet, "PhotometricInterpretation", {
    code: "D_PHOTOMETRIC",
    expected: `${allowed.join(" or ")} for ${samples} samples`,
    got: isKnown ? found : "another interpretation",
  });
}

function bitsOf(dataSet: DicomDataSet, kind: PixelFormat["kind"]) {
  const implied = { float: 32, double: 64 } as const;
  if (kind !== "integer")
    return { bitsAllocated: implied[kind], bitsStored: implied[kind], highBit: implied[kind] - 1, signed: true };
  const allocated = requiredNumber(dataSet, "BitsAllocated");
  const bitsAllocated = ([1, 8, 16, 32] as const).find((bits) => bits === allocated);
  if (bitsAllocated === undefined) throw bitsError(dataSet, "BitsAllocated", "1, 8, 16 or 32", allocated);
  const bitsStored = numbersOf(dataSet, "BitsStored")[0] ?? allocated;
  if (!(bitsStored >= 1 && bitsStored <= allocated))
    throw bitsError(dataSet, "BitsStored", `1 to ${allocated}`, bitsStored);
  const highBit = numbersOf(dataSet, "HighBit")[0] ?? bitsStored - 1;
  if (!(highBit >= bitsStored - 1 && highBit < allocated))
    throw bitsError(dataSet, "HighBit", `${bitsStored - 1} to ${allocated - 1}`, highBit);
  const representation = numbersOf(dataSet, "PixelRepresentation")[0] ?? 0;
  if (representation !== 0 && representation !== 1)
    throw bitsError(dataSet, "PixelRepresentation", "0 or 1", representation);
  return { bitsAllocated, bitsStored, highBit, signed: representation === 1 };
}

function requiredNumber(dataSet: DicomDataSet, keyword: Keyword): number {
  const [value] = numbersOf(dataSet, keyword);
  if (value !== undefined) return value;
  throw faultOf(dataSet, keyword, { code: "D_MISSING", expected: `a value for ${keyword}`, got: "none" });
}

function bitsError(dataSet: DicomDataSet, keyword: Keyword, expected: string, got: number): Error {
  return faultOf(dataSet, keyword, { code: "D_BITS", expected: `${keyword} of ${expected}`, got: String(got) });
}

function faultOf(
  { where }: DicomDataSet,
  keyword: Keyword,
  fault: { readonly code: string; readonly expected: string; readonly got: string },
): Error {
  return dicomError(where, { ...fault, tag: attributeOf(keyword).tag });
}
