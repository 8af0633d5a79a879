import { originXyzOf, spacingMmOf, type Triple } from "../../volume/affine.ts";
import type { Grid } from "../../volume/volume.ts";
import { decimalString } from "./dicom-text.ts";

/** Position, orientation and spacing of a grid's slices as DICOM writes them. */
export interface PlaneAttributes {
  /** Cosines along a row, then along a column. */
  readonly orientation: readonly string[];
  /** Between rows, then between columns. */
  readonly pixelSpacing: readonly string[];
  readonly sliceStep: string;
  /** Centre of the first pixel of each slice. */
  readonly positions: readonly (readonly string[])[];
}

/** The plane attributes of a grid whose D axis runs through the slices. Units: mm, LPS+. */
export function planeAttributesOf({ shape, indexToLps }: Grid): PlaneAttributes {
  const [stepD, stepH, stepW] = spacingMmOf(indexToLps);
  const cosines = (column: number, length: number) =>
    [0, 4, 8].map((row) => decimalString(indexToLps.rows[row + column] / length));
  const [x, y, z] = originXyzOf(indexToLps);
  const along = (slice: number): Triple => [
    x + slice * indexToLps.rows[0],
    y + slice * indexToLps.rows[4],
    z + slice * indexToLps.rows[8],
  ];
  return {
    orientation: [...cosines(2, stepW), ...cosines(1, stepH)],
    pixelSpacing: [decimalString(stepH), decimalString(stepW)],
    sliceStep: decimalString(stepD),
    positions: Array.from({ length: shape[0] }, (_, slice) => along(slice).map(decimalString)),
  };
}
