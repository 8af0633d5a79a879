import { basename, dirname, relative, resolve } from "node:path";
import { fileHeadOf } from "../io/file-head.ts";
import { formatOf } from "../io/formats.ts";
import { caseIdOf, isVolumeFile } from "../io/volume-names.ts";
import { walkFiles } from "../io/walk-files.ts";
import { defaultLimits } from "../volume/limits.ts";

/** A file that may hold labels, and the names its case may go by, the most telling first. */
export interface LabelFile {
  readonly path: string;
  readonly names: readonly string[];
}

/** What programs put behind a case's name to say what the file is. */
const LABEL_TAIL = /([_.-](gt|groundtruth|ground_truth|seg|segmentation|labels?|masks?|pred|prediction))+$/i;

/** The same, and nnU-Net's number of the first channel. */
const TAIL = /([_.-](0000|gt|groundtruth|ground_truth|seg|segmentation|labels?|masks?|pred|prediction))+$/i;

/** Names that say what a file is, not of whom. */
const NAMELESS = /^(gt|groundtruth|ground_truth|seg|segmentation|labels?|masks?|pred|prediction)$/i;

/** A case's name without what programs add to it, in lower case. */
export function plainName(name: string): string {
  return name.replace(TAIL, "").toLowerCase();
}

/**
 * The label maps that a file or folder holds, several formats of one counting once.
 *
 * Pictures count only where there is no volume, since they are mostly drawn from one. Where label maps lie beside their
 * images, as `12_label` beside `12_data`, the images are left out. Files without a known ending are looked into where no
 * file has one. Of DICOM files only segmentations count, where there are any.
 *
 * Errors: ConfigError C_INPUT when nothing is there
 */
export async function labelFilesIn(input: string, signal?: AbortSignal): Promise<readonly LabelFile[]> {
  const { files } = await walkFiles([input], { limit: defaultLimits.files, signal });
  const known = files.filter((path) => isVolumeFile(basename(path)));
  const images = known.length > 0 ? known : await ofFormat(files, () => true);
  const volumes = images.filter((path) => !/\.(png|tiff?|jpe?g)$/i.test(path));
  const labels = withoutImages(await withoutSeries(volumes.length > 0 ? volumes : images));
  return named(resolve(input), onePerCase(labels));
}

/** Files whose content is that of an image, whatever their names are: archives give DICOM files none. */
async function ofFormat(files: readonly string[], isWanted: (format: string) => boolean): Promise<readonly string[]> {
  const images: string[] = [];
  for (const path of files) {
    const head = await fileHeadOf(path, defaultLimits).catch(() => undefined);
    const format = head === undefined ? undefined : formatOf(head, path);
    if (format !== undefined && isWanted(format.name)) images.push(path);
  }
  return images;
}

/** Without the DICOM slices that segmentations lie beside. */
async function withoutSeries(files: readonly string[]): Promise<readonly string[]> {
  const dicom = files.filter((path) => /\.dcm$/i.test(path));
  const segmentations = new Set(await ofFormat(dicom, (format) => format === "dicom-seg"));
  return segmentations.size === 0 ? files : files.filter((path) => !dicom.includes(path) || segmentations.has(path));
}

/** Only those that call themselves labels, where each of the others belongs to one of them. */
function withoutImages(files: readonly string[]): readonly string[] {
  const labels = files.filter((path) => LABEL_TAIL.test(caseIdOf(path)));
  const caseOf = (path: string) => `${dirname(path)}/${caseIdOf(path).replace(LABEL_TAIL, "")}`;
  const cases = new Set(labels.map(caseOf));
  const isImageOfOne = (path: string) => cases.has(caseOf(path).replace(/_[^_/]*$/, "")) || cases.has(caseOf(path));
  return files.every((path) => labels.includes(path) || isImageOfOne(path)) && labels.length > 0 ? labels : files;
}

/** One file for each name in a folder, in whatever formats it comes. */
function onePerCase(files: readonly string[]): readonly string[] {
  return [
    ...new Map(files.toReversed().map((path) => [`${dirname(path)}/${caseIdOf(path)}`, path])).values(),
  ].reverse();
}

function named(root: string, files: readonly string[]): readonly LabelFile[] {
  const stems = countsOf(files.map(caseIdOf));
  const folders = countsOf(files.map((path) => dirname(path)));
  return files.map((path) => {
    const stem = caseIdOf(path);
    const folder = path === root ? basename(dirname(path)) : relative(root, dirname(path));
    const isTelling = stems.get(stem) === 1 && !NAMELESS.test(stem);
    const isAlone = folders.get(dirname(path)) === 1 && folder !== "";
    const names = [...(isTelling ? [stem] : []), ...(isAlone ? [folder] : [])];
    return { path, names: names.length > 0 ? names : [folder === "" ? stem : `${folder}/${stem}`] };
  });
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
