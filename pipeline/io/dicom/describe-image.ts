import type { DicomDataSet } from "./data-set.ts";
import { attributeOf, type Keyword } from "./dictionary.ts";
import { dicomError, warningList } from "./faults.ts";
import type { DicomImage, PixelFormat } from "./image.ts";
import { type PixelExtent, pixelExtentOf, pixelFormatOf } from "./pixel-format.ts";
import { orientationIn, positionIn, rescaleIn, spacingIn } from "./plane-and-rescale.ts";
import { numberIn, numbersOf, textOf, textsOf } from "./values.ts";

/** Largest UID. Source: DICOM PS3.5 chapter 9 */
const UID = /^[0-9]+(\.[0-9]+)*$/;
const UID_LENGTH = 64;

/** Images that make volumes: CT, MR, PET, nuclear and 3-D X-ray, their enhanced and converted kinds; not spectroscopy. */
const VOLUME_IMAGE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(2(\.[12])?|4(\.[134])?|13\.1\.[1-5]|20|128(\.1)?|130)$/;

/** Overlay Data of any of the 16 overlay planes. */
const OVERLAY_DATA = /^x60[01][02468ace]3000$/;

/** Pictures of a screen, of paper or of other images; single-frame and the four multi-frame kinds. */
const SECONDARY_CAPTURE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.[1-4])?$/;

/**
 * What an image says of itself, every value checked that is used later.
 *
 * Empty:  undefined for a file that is no image
 * Errors: FormatError with a code of rows D23-D40, D63-D73, D82-D86 of the bad-input list
 */
export function describeImage(dataSet: DicomDataSet): DicomImage | undefined {
  const { where } = dataSet;
  if (dataSet.pixels === undefined) {
    assertNeedsNoPixels(dataSet);
    return undefined;
  }
  const warnings = warningList(where);
  const extent = pixelExtentOf(dataSet);
  const format = pixelFormatOf(dataSet);
  assertPixelBytes(dataSet, { extent, format, warn: warnings.warn });
  const modality = textOf(dataSet, "Modality");
  checkPhotometric(dataSet, { modality, format, warn: warnings.warn });
  const rescale = rescaleIn(dataSet) ?? { slope: 1, intercept: 0 };
  if (rescale.slope < 0) warnings.warn("D_RESCALE_NEGATIVE", "the rescale slope is negative");
  const burnedInAnnotation = textOf(dataSet, "BurnedInAnnotation") === "YES";
  if (burnedInAnnotation) warnings.warn("P_BURNED_IN", "the pixels may show the patient's name");
  if (Object.keys(dataSet.elements).some((tag) => OVERLAY_DATA.test(tag)))
    warnings.warn("D_OVERLAY", "overlays are there; only the pixels below them are read");
  const identity = identityOf(dataSet, warnings.warn);
  if (SECONDARY_CAPTURE.test(identity.sopClassUid))
    warnings.warn("S_NOT_PRIMARY", "a secondary capture: its values may be grey levels of a display, not measurements");
  return {
    where,
    dataSet,
    encoding: dataSet.transferSyntax.name,
    isCompressed: dataSet.transferSyntax.codec !== undefined,
    ...identity,
    modality,
    ...extent,
    format,
    rescale,
    padding: paddingOf(dataSet),
    positionXyz: positionIn(dataSet),
    orientation: orientationIn(dataSet),
    spacingMm: spacingIn(dataSet),
    ...acquisitionOf(dataSet),
    burnedInAnnotation,
    warnings: [...dataSet.warnings, ...warnings.list()],
  };
}

/** A file that is cut off between two elements looks whole; its class gives it away. */
function assertNeedsNoPixels(dataSet: DicomDataSet): void {
  const sopClass = textOf(dataSet, "SOPClassUID") ?? dataSet.meta?.sopClassUid ?? "";
  if (!VOLUME_IMAGE.test(sopClass)) return;
  throw dicomError(dataSet.where, {
    code: "D_TRUNCATED",
    expected: "pixels in an image",
    got: "none",
    next: "The file is cut off, or only its header was exported; copy it again",
  });
}

function identityOf(dataSet: DicomDataSet, warn: PixelCheck["warn"]) {
  const optional = (keyword: Keyword) => uidIn(dataSet, keyword);
  const required = (keyword: Keyword, fromMeta: string | undefined) => {
    const uid = uidIn(dataSet, keyword);
    if (uid !== undefined) return uid;
    if (fromMeta !== undefined) {
      warn("D_UID_FROM_META", `${keyword} is empty; the file meta information's was taken`);
      return fromMeta;
    }
    throw dicomError(dataSet.where, {
      code: "D_MISSING",
      expected: `a value for ${keyword}`,
      got: "none",
      tag: attributeOf(keyword).tag,
    });
  };
  return {
    sopClassUid: required("SOPClassUID", dataSet.meta?.sopClassUid),
    sopInstanceUid: required("SOPInstanceUID", dataSet.meta?.sopInstanceUid),
    seriesInstanceUid: optional("SeriesInstanceUID"),
    studyInstanceUid: optional("StudyInstanceUID"),
    frameOfReferenceUid: optional("FrameOfReferenceUID"),
  };
}

function uidIn(dataSet: DicomDataSet, keyword: Keyword): string | undefined {
  const text = textOf(dataSet, keyword);
  if (text === undefined || (text.length <= UID_LENGTH && UID.test(text))) return text;
  throw dicomError(dataSet.where, {
    code: "D_UID",
    expected: `a UID of at most ${UID_LENGTH} digits and points`,
    got: text.length > UID_LENGTH ? `${text.length} characters` : "other characters",
    tag: attributeOf(keyword).tag,
  });
}

function acquisitionOf(dataSet: DicomDataSet) {
  const number = (keyword: Keyword) => numberIn(dataSet, keyword);
  const text = (keyword: Keyword) => textOf(dataSet, keyword);
  const imageType = textsOf(dataSet, "ImageType");
  return {
    sliceThicknessMm: number("SliceThickness"),
    spacingBetweenSlicesMm: number("SpacingBetweenSlices"),
    gantryTiltDegrees: number("GantryDetectorTilt"),
    imageType,
    instanceNumber: number("InstanceNumber"),
    acquisitionNumber: number("AcquisitionNumber"),
    echoNumber: number("EchoNumbers"),
    echoTimeMs: number("EchoTime"),
    temporalPosition: number("TemporalPositionIdentifier"),
    triggerTimeMs: number("TriggerTime"),
    diffusionBValue: number("DiffusionBValue"),
    acquisitionTime: text("AcquisitionTime"),
    contentTime: text("ContentTime"),
    seriesDescription: text("SeriesDescription"),
    seriesNumber: number("SeriesNumber"),
    isMosaic: imageType.includes("MOSAIC"),
  };
}

function paddingOf(dataSet: DicomDataSet): DicomImage["padding"] {
  const [value] = numbersOf(dataSet, "PixelPaddingValue");
  if (value === undefined) return undefined;
  const other = numberIn(dataSet, "PixelPaddingRangeLimit") ?? value;
  return { low: Math.min(value, other), high: Math.max(value, other) };
}

interface PixelCheck {
  readonly extent: PixelExtent;
  readonly format: PixelFormat;
  readonly warn: (code: string, text: string) => void;
}

/** Compares what the header promises with what the file holds, before any memory is taken for it. */
function assertPixelBytes(dataSet: DicomDataSet, { extent, format, warn }: PixelCheck): void {
  const { where, limits, pixels, totalBytes } = dataSet;
  if (pixels === undefined) return;
  const { rows, columns, frames } = extent;
  const values = rows * columns * frames * format.samplesPerPixel;
  const needed = Math.ceil((values * format.bitsAllocated) / 8);
  const { tag, offset } = pixels;
  if (needed > limits.volumeBytes)
    throw dicomError(where, {
      code: "D_TOO_BIG",
      expected: `pixels of at most ${limits.volumeBytes} bytes`,
      got: `${frames} x ${rows} x ${columns}, which is ${needed}`,
      next: "Raise the limit volumeBytes if you trust the file",
      tag,
    });
  if (pixels.length === undefined) return;
  if (pixels.length >= 0xfffffffe)
    throw dicomError(where, {
      code: "D_LENGTH",
      expected: `${needed} bytes of pixels`,
      got: "an impossible length",
      tag,
    });
  const present = Math.min(pixels.length, totalBytes - offset);
  if (present < needed)
    throw dicomError(where, {
      code: "D_PIXEL_SHORT",
      expected: `${needed} bytes for ${frames} x ${rows} x ${columns} pixels`,
      got: `${present}`,
      next: "The file is truncated; copy it again",
      tag,
      offset,
    });
  if (pixels.length > needed + 1)
    warn("D_PIXEL_EXTRA", `${pixels.length - needed} bytes behind the last pixel are ignored`);
}

function checkPhotometric(
  { where }: DicomDataSet,
  { modality, format, warn }: Pick<PixelCheck, "format" | "warn"> & { readonly modality: string | undefined },
): void {
  if (format.photometric !== "MONOCHROME1") return;
  if (modality === "CT")
    throw dicomError(where, {
      code: "D_PHOTOMETRIC",
      expected: "MONOCHROME2 in a CT image",
      got: "MONOCHROME1",
      next: "Its values may be inverted; export it again from the scanner or archive",
      tag: attributeOf("PhotometricInterpretation").tag,
    });
  warn("D_MONOCHROME1", "MONOCHROME1: values were turned round, so that bright is high");
}
