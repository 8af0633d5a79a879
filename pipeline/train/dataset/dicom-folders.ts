import { readdir } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { findScans } from "../../io/find-scans.ts";
import type { FoundScan } from "../../io/scan-format.ts";
import { inOrder } from "../in-order.ts";
import { channelName } from "./channels-of-images.ts";
import { withLabelClasses } from "./classes-of-labels.ts";
import { commonest } from "./commonest.ts";
import { type DatasetFormat, modalityOf } from "./dataset-format.ts";
import type { DatasetChannel, TrainingCase } from "./training-dataset.ts";

/** Cases in which a segmentation is looked for before the folder is taken for something else. */
const MOST_LOOKED_AT = 5;

/**
 * A folder per case, each with a DICOM series, or a folder of one per channel, and the DICOM SEG files made on it.
 *
 * Cases lie below `train/` and `test/`, or all side by side.
 */
export const dicomFolders: DatasetFormat = {
  name: "a folder per case with a DICOM series and its DICOM SEG",
  recognises: async (path, _, { signal }) => {
    const looks = (await caseFolders(path)).training.slice(0, MOST_LOOKED_AT);
    for (const folder of looks) {
      const { scans } = await findScans([folder], { signal });
      if (scans.some(isSegmentation) && scans.some(isSeries)) return true;
    }
    return false;
  },
  read: async (path, { signal }) => {
    const { training, testing } = await caseFolders(path);
    const found = (folders: readonly string[]) =>
      inOrder(folders, async (folder) => caseIn(folder, (await findScans([folder], { signal })).scans), { atOnce: 2 });
    const cases = { training: await found(training), testing: await found(testing) };
    const typical = commonest(
      cases.training as readonly [TrainingCase, ...TrainingCase[]],
      ({ images }) => images.length,
    );
    const settled = await withLabelClasses(cases, { folder: path, signal });
    return { name: basename(path), path, channels: await channelsOf(typical, signal), ...settled };
  },
};

const isSegmentation = ({ format }: FoundScan) => format === "dicom-seg";
const isSeries = ({ format }: FoundScan) => format === "dicom";

async function caseFolders(
  path: string,
): Promise<{ readonly training: readonly string[]; readonly testing: readonly string[] }> {
  const training = await foldersIn(join(path, "train"));
  if (training.length === 0) return { training: await foldersIn(path), testing: [] };
  return { training, testing: await foldersIn(join(path, "test")) };
}

async function foldersIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => join(path, name))
    .sort();
}

/** One series is looked for again when the case is read, and then named if there are several; channels have folders. */
function caseIn(folder: string, scans: readonly FoundScan[]): TrainingCase {
  const places = scans.filter(isSeries).map(({ files }) => dirname(files[0]));
  const apart = [...new Set(places)].sort();
  const segmentations = scans.filter(isSegmentation).flatMap(({ files }) => files);
  return {
    id: basename(folder),
    images: apart.length > 1 && apart.length === places.length ? apart : [folder],
    ...(segmentations.length === 0 ? {} : { labels: { kind: "segmentations", paths: segmentations.sort() } }),
  };
}

async function channelsOf(
  { id, images }: TrainingCase,
  signal: AbortSignal | undefined,
): Promise<readonly DatasetChannel[]> {
  const modalities = await inOrder(
    images,
    async (image) => (await findScans([image], { signal })).scans.find(isSeries)?.summary.modality,
    { atOnce: 2 },
  );
  return modalities.map((modality, n) => {
    const name = images.length === 1 ? channelName(0) : nameBelow(images[n], id);
    return { name, ...(modality === undefined ? modalityOf(name) : { modality }) };
  });
}

/** The part of a folder's path below that of its case. */
function nameBelow(image: string, id: string): string {
  const parts = image.split(sep);
  return parts.slice(parts.lastIndexOf(id) + 1).join("/");
}
