import type { Triple } from "../../../volume/affine.ts";
import type { DicomImage, Rescale } from "../image.ts";

/** An image without its bytes. */
export type ImageFacts = Omit<DicomImage, "dataSet">;

/** One plane of pixels, and where it lies. */
export interface Slice {
  readonly file: string;
  readonly image: ImageFacts;
  /** Counted from 0. */
  readonly frame: number;
  /** Where in the frame the slice begins, for a slice of a mosaic. Units: pixels */
  readonly tile?: { readonly row: number; readonly column: number; readonly columnsOfWhole: number };
  readonly positionXyz: Triple | undefined;
  /** [row x, y, z, column x, y, z] */
  readonly orientation: readonly number[] | undefined;
  /** [between rows (H), between columns (W)] in mm */
  readonly spacingMm: readonly [number, number] | undefined;
  readonly thicknessMm: number | undefined;
  readonly betweenSlicesMm: number | undefined;
  readonly rescale: Rescale;
  /** What tells one contrast of a series from another: echo, part of the complex signal, diffusion weighting, stack. */
  readonly contrast: string;
  /** What tells one point in time from another, the most telling first. */
  readonly times: readonly (number | string | undefined)[];
}

/** Words of Image Type or Frame Type that name a part of the complex signal. */
const components: ReadonlyMap<string, string> = new Map([
  ["M", "magnitude"],
  ["MAGNITUDE", "magnitude"],
  ["P", "phase"],
  ["PHASE", "phase"],
  ["PHASE MAP", "phase"],
  ["R", "real"],
  ["REAL", "real"],
  ["I", "imaginary"],
  ["IMAGINARY", "imaginary"],
]);

/** `magnitude`, `phase`, `real` or `imaginary`, where an image or frame type says it. */
export function componentOf(types: readonly string[]): string | undefined {
  const words = types.slice(2).flatMap((word) => components.get(word) ?? []);
  return words[0];
}

/** The contrast's name: its known parts, separated by commas. */
export function contrastOf(parts: Readonly<Record<string, number | string | undefined>>): string {
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(", ");
}

/** The one slice of an image with a single frame. */
export function sliceOfImage(image: ImageFacts): Slice {
  return {
    file: image.where,
    image,
    frame: 0,
    positionXyz: image.positionXyz,
    orientation: image.orientation,
    spacingMm: image.spacingMm,
    thicknessMm: image.sliceThicknessMm,
    betweenSlicesMm: image.spacingBetweenSlicesMm,
    rescale: image.rescale,
    contrast: contrastOf({
      echo: image.echoNumber ?? image.echoTimeMs,
      component: componentOf(image.imageType),
      b: image.diffusionBValue,
    }),
    times: [
      image.temporalPosition,
      image.triggerTimeMs,
      image.acquisitionNumber,
      image.acquisitionTime,
      image.contentTime,
    ],
  };
}
