import type { Triple } from "../../volume/affine.ts";
import type { Warning } from "../../volume/scan.ts";
import type { DicomDataSet } from "./data-set.ts";

/** How pixels are stored. */
export interface PixelFormat {
  /** `float` and `double` are the elements of those names; the rest of the record is then what they imply. */
  readonly kind: "integer" | "float" | "double";
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly samplesPerPixel: 1 | 3;
  /** Samples of one channel after another instead of side by side. */
  readonly planar: boolean;
  readonly photometric: Photometric;
}

/** Photometric interpretations that can be read. */
export type Photometric = "MONOCHROME1" | "MONOCHROME2" | "RGB" | "YBR_FULL" | "YBR_FULL_422" | "YBR_ICT" | "YBR_RCT";

/** Stored value to intensity: value * slope + intercept. */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** Where the pixels of a frame lie in the patient. Units: mm, LPS+; exactly the numbers of the file. */
export interface FramePlane {
  /** Centre of the first pixel, [x, y, z]. */
  readonly positionXyz: Triple;
  /** Unit vector along a row, to the right: the direction of the W axis. */
  readonly rowXyz: Triple;
  /** Unit vector down a column: the direction of the H axis. */
  readonly columnXyz: Triple;
  /** [between rows (H), between columns (W)] */
  readonly spacingMm: readonly [number, number];
}

/** What an image says of itself; values that are not there are undefined, values that cannot be true were refused. */
export interface DicomImage {
  /** File, for messages. */
  readonly where: string;
  readonly dataSet: DicomDataSet;
  readonly warnings: readonly Warning[];

  /** Name of the transfer syntax. */
  readonly encoding: string;
  readonly isCompressed: boolean;

  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Undefined where the file leaves it empty; two such files cannot be told to belong together. */
  readonly seriesInstanceUid: string | undefined;
  readonly studyInstanceUid: string | undefined;
  readonly frameOfReferenceUid: string | undefined;
  readonly modality: string | undefined;

  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly format: PixelFormat;
  /** Of the data set itself; { 1, 0 } where it has none. Enhanced images carry theirs in functional groups. */
  readonly rescale: Rescale;
  /** Stored values, both ends included, that mean "no measurement here". The pixels keep them. */
  readonly padding: { readonly low: number; readonly high: number } | undefined;

  /** Image Plane of the data set itself; enhanced images carry theirs in functional groups. */
  readonly positionXyz: Triple | undefined;
  /** [row x, y, z, column x, y, z] */
  readonly orientation: readonly number[] | undefined;
  /** [between rows (H), between columns (W)] in mm */
  readonly spacingMm: readonly [number, number] | undefined;
  readonly sliceThicknessMm: number | undefined;
  readonly spacingBetweenSlicesMm: number | undefined;
  readonly gantryTiltDegrees: number | undefined;

  readonly imageType: readonly string[];
  readonly instanceNumber: number | undefined;
  readonly acquisitionNumber: number | undefined;
  readonly echoNumber: number | undefined;
  readonly echoTimeMs: number | undefined;
  readonly temporalPosition: number | undefined;
  readonly triggerTimeMs: number | undefined;
  readonly diffusionBValue: number | undefined;
  readonly acquisitionTime: string | undefined;
  readonly contentTime: string | undefined;
  readonly seriesDescription: string | undefined;
  readonly seriesNumber: number | undefined;
  /** Several slices tiled into one frame, as Siemens scanners write functional series. */
  readonly isMosaic: boolean;
  readonly burnedInAnnotation: boolean;
}
