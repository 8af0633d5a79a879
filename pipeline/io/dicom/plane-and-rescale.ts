import type { Triple } from "../../volume/affine.ts";
import type { DicomItem } from "./data-set.ts";
import { attributeOf, type Keyword } from "./dictionary.ts";
import { dicomError } from "./faults.ts";
import type { Rescale } from "./image.ts";
import { hasAttribute, itemsOf, numbersOf, textsOf } from "./values.ts";

/** Pixel spacings that a scan can have. Units: mm */
const SPACING_RANGE = { least: 0.001, most: 100 };

/** How far direction cosines may be from unit length and from each other's right angle; writers round them. */
const COSINE_TOLERANCE = 1e-3;

/** Largest slope or intercept that is no mistake. */
const MOST_RESCALE = 1e12;

/**
 * Image Position (Patient), or undefined where it is missing.
 *
 * Errors: FormatError D_POSITION when it is not three finite numbers
 */
export function positionIn(item: DicomItem): Triple | undefined {
  const position = numbersOf(item, "ImagePositionPatient");
  if (position.length === 0) return undefined;
  if (position.length === 3 && position.every(Number.isFinite)) return [position[0], position[1], position[2]];
  throw faultOf(item, "ImagePositionPatient", {
    code: "D_POSITION",
    expected: "three finite numbers",
    got: shown(position),
  });
}

/**
 * Image Orientation (Patient), exactly as written, or undefined where it is missing.
 *
 * Errors: FormatError D_ORIENT unless it is two unit vectors at a right angle
 */
export function orientationIn(item: DicomItem): readonly number[] | undefined {
  const cosines = numbersOf(item, "ImageOrientationPatient");
  if (cosines.length === 0) return undefined;
  const [a, b, c, d, e, f] = cosines;
  const isUnit = (x: number, y: number, z: number) => Math.abs(Math.hypot(x, y, z) - 1) <= COSINE_TOLERANCE;
  const isSquare = Math.abs(a * d + b * e + c * f) <= COSINE_TOLERANCE;
  if (cosines.length === 6 && isUnit(a, b, c) && isUnit(d, e, f) && isSquare) return cosines;
  throw faultOf(item, "ImageOrientationPatient", {
    code: "D_ORIENT",
    expected: "two unit vectors at a right angle",
    got: shown(cosines),
  });
}

/**
 * Pixel Spacing [between rows (H), between columns (W)] in mm, or undefined where it is missing.
 *
 * Errors: FormatError D_SPACING unless it is two numbers a scan can have
 */
export function spacingIn(item: DicomItem): readonly [number, number] | undefined {
  if (!hasAttribute(item, "PixelSpacing")) return undefined;
  const spacing = numbersOf(item, "PixelSpacing");
  const { least, most } = SPACING_RANGE;
  if (spacing.length === 2 && spacing.every((mm) => mm >= least && mm <= most)) return [spacing[0], spacing[1]];
  throw faultOf(item, "PixelSpacing", {
    code: "D_SPACING",
    expected: `two numbers from ${least} to ${most} mm`,
    got: shown(spacing),
    ...commaHint(item, "PixelSpacing"),
  });
}

/**
 * Rescale Slope and Intercept, or undefined where there is none.
 *
 * Errors: FormatError D_RESCALE when one of them is no usable number, or a lookup table stands in their place
 */
export function rescaleIn(item: DicomItem): Rescale | undefined {
  if (itemsOf(item, "ModalityLUTSequence").length > 0)
    throw faultOf(item, "ModalityLUTSequence", {
      code: "D_RESCALE",
      expected: "a slope and an intercept",
      got: "a lookup table",
    });
  const slopes = numbersOf(item, "RescaleSlope");
  const intercepts = numbersOf(item, "RescaleIntercept");
  if (slopes.length === 0 && intercepts.length === 0) return undefined;
  const slope = onlyNumber(item, "RescaleSlope", slopes);
  if (slope === 0)
    throw faultOf(item, "RescaleSlope", { code: "D_RESCALE", expected: "a slope other than 0", got: "0" });
  return { slope, intercept: onlyNumber(item, "RescaleIntercept", intercepts) };
}

function onlyNumber(item: DicomItem, keyword: Keyword, values: readonly number[]): number {
  const [value] = values;
  if (values.length === 1 && Math.abs(value) <= MOST_RESCALE) return value;
  throw faultOf(item, keyword, {
    code: "D_RESCALE",
    expected: `one number of at most ${MOST_RESCALE}`,
    got: shown(values),
    ...commaHint(item, keyword),
  });
}

/** Numbers are shown: they are needed to understand, and tell nothing of the patient. */
function shown(values: readonly number[]): string {
  const list = values.map((value) => (Number.isNaN(value) ? "no number" : String(value)));
  return values.length === 0 ? "no value" : list.slice(0, 6).join(", ");
}

function commaHint(item: DicomItem, keyword: Keyword): { readonly next?: string } {
  return textsOf(item, keyword).some((text) => text.includes(","))
    ? { next: "The file writes decimals with a comma; DICOM wants a point" }
    : {};
}

function faultOf(
  { where }: DicomItem,
  keyword: Keyword,
  fault: { readonly code: string; readonly expected: string; readonly got: string; readonly next?: string },
): Error {
  return dicomError(where, { ...fault, tag: attributeOf(keyword).tag });
}
