import { basename } from "node:path";

/** Endings of volumes, the longest first. */
const endings = [
  ".nii.gz",
  ".nii",
  ".seg.nrrd",
  ".nrrd",
  ".nhdr",
  ".mha",
  ".mhd",
  ".seg.dcm",
  ".dcm",
  ".png",
  ".tiff",
  ".tif",
  ".jpeg",
  ".jpg",
];

/** A file's name without folder and ending. */
export function caseIdOf(path: string): string {
  const name = basename(path);
  const ending = endings.find((each) => name.toLowerCase().endsWith(each)) ?? "";
  return name.slice(0, name.length - ending.length);
}

/** Whether a file's ending is that of an image or a label map. */
export function isVolumeFile(name: string): boolean {
  return endings.some((ending) => name.toLowerCase().endsWith(ending)) && !name.startsWith(".");
}
