import { dicomFormat } from "./dicom/dicom-format.ts";
import { dicomSegFormat } from "./dicom-seg/dicom-seg-format.ts";
import { extensionMatches } from "./extensions.ts";
import { itkFormat } from "./itk/itk-format.ts";
import { metaImageFormat } from "./metaimage/metaimage-format.ts";
import { niftiFormat } from "./nifti/nifti-format.ts";
import { nrrdFormat } from "./nrrd/nrrd-format.ts";
import { rasterFormat } from "./raster/raster-format.ts";
import type { ScanFormat } from "./scan-format.ts";

/** Every kind of file that rarevox reads; the first that recognises a file's content gets it. */
export const formats: readonly ScanFormat[] = [
  niftiFormat,
  dicomSegFormat,
  dicomFormat,
  nrrdFormat,
  metaImageFormat,
  itkFormat,
  rasterFormat,
];

/**
 * The format of a file: by content, else by the ending that promises one, so that its reader can say what is wrong.
 *
 * Empty:  undefined when neither content nor ending says anything
 */
export function formatOf(head: Uint8Array, path: string): ScanFormat | undefined {
  return (
    formats.find((format) => format.recognises(head, path)) ??
    formats.find(({ extensions }) => extensionMatches(path, extensions))
  );
}

/** The format of that name; the names come from `formatOf`, so an unknown one is a broken invariant. */
export function formatNamed(name: string): ScanFormat {
  const format = formats.find((each) => each.name === name);
  if (format === undefined) throw new Error(`no format is named ${name}`);
  return format;
}
