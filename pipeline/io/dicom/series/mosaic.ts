import type { Triple } from "../../../volume/affine.ts";
import type { DicomDataSet } from "../data-set.ts";
import type { DicomImage } from "../image.ts";
import { csaNumbers } from "./csa-header.ts";
import { privateElementOf } from "./private-element.ts";
import { type Slice, sliceOfImage } from "./slice.ts";

/**
 * The slices that a Siemens mosaic shows side by side; undefined where the file does not say how many or which way up.
 *
 * Units:  mm; a mosaic's position is that of one slice as large as the whole picture
 * Source: the attributes NumberOfImagesInMosaic (0019,xx0A) and SliceNormalVector of the private CSA header, as dcm2niix
 *         and dicom2nifti use them
 */
export function slicesOfMosaic(image: DicomImage): readonly Slice[] | undefined {
  const { dataSet, ...facts } = image;
  const whole = sliceOfImage(facts);
  const count = tileCountOf(dataSet);
  const normal = sliceNormalOf(dataSet);
  const { positionXyz, orientation, spacingMm, betweenSlicesMm } = whole;
  if (count === undefined || normal === undefined || betweenSlicesMm === undefined) return undefined;
  if (positionXyz === undefined || orientation === undefined || spacingMm === undefined) return undefined;
  const perSide = Math.ceil(Math.sqrt(count));
  const [rows, columns] = [image.rows / perSide, image.columns / perSide];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) return undefined;
  const asideW = (spacingMm[1] * (image.columns - columns)) / 2;
  const asideH = (spacingMm[0] * (image.rows - rows)) / 2;
  return Array.from({ length: count }, (_, n): Slice => {
    const along = (axis: number) =>
      positionXyz[axis] +
      asideW * orientation[axis] +
      asideH * orientation[axis + 3] +
      n * betweenSlicesMm * normal[axis];
    const position: Triple = [along(0), along(1), along(2)];
    const tile = {
      row: rows * Math.floor(n / perSide),
      column: columns * (n % perSide),
      columnsOfWhole: image.columns,
    };
    return { ...whole, image: { ...facts, rows, columns }, positionXyz: position, tile };
  });
}

function tileCountOf(dataSet: DicomDataSet): number | undefined {
  const element = privateElementOf(dataSet, { group: 0x0019, creator: "SIEMENS MR HEADER", element: 0x0a });
  if (element === undefined || element.length !== 2) return undefined;
  const count = dataSet.source.uint16(element.tag);
  return count !== undefined && count > 1 && count <= dataSet.limits.slices ? count : undefined;
}

function sliceNormalOf(dataSet: DicomDataSet): readonly number[] | undefined {
  const element = privateElementOf(dataSet, { group: 0x0029, creator: "SIEMENS CSA HEADER", element: 0x10 });
  if (element === undefined) return undefined;
  const bytes = dataSet.source.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  const normal = csaNumbers(bytes as Uint8Array, "SliceNormalVector");
  return normal.length === 3 && Math.abs(Math.hypot(...normal) - 1) < 1e-3 ? normal : undefined;
}
