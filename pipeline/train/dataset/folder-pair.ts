import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { caseIdOf, isVolumeFile } from "../../io/volume-names.ts";
import { ConfigError } from "../../volume/errors.ts";
import { channelsOfImages } from "./channels-of-images.ts";
import { type ClassSearch, type SplitCases, withLabelClasses } from "./classes-of-labels.ts";
import type { DatasetFormat } from "./dataset-format.ts";
import { type MaskFiles, masksPerCase, masksPerFolder, withClasses } from "./mask-files.ts";
import { patientOfName } from "./patients.ts";
import type { LabelSource, TrainingCase } from "./training-dataset.ts";

/** Where images and their labels lie, below the data set's folder. */
interface FolderPair {
  readonly images: string;
  readonly labels: string;
}

const trainingPairs: readonly FolderPair[] = [
  { images: "images", labels: "labels" },
  { images: "images", labels: "masks" },
  { images: "train/images", labels: "train/labels" },
  { images: "train/images", labels: "train/masks" },
  { images: "imagesTr", labels: "labelsTr" },
];

const testPairs: readonly FolderPair[] = [
  { images: "test/images", labels: "test/labels" },
  { images: "test/images", labels: "test/masks" },
  { images: "imagesTs", labels: "labelsTs" },
];

/**
 * A folder of images and one of labels, files of one name belonging together.
 *
 * Images are files or folders of DICOM slices. Labels are a label map per image (a picture may have a palette, or the
 * colours that `classes.json` lists), or a mask per class: `labels/<class>/<case>.png` or `labels/<case>_<class>.png`.
 */
export const folderPair: DatasetFormat = {
  name: "a folder with images/ and labels/",
  recognises: async (path) => (await pairIn(path, trainingPairs)) !== undefined,
  read: async (path, { signal }) => {
    const training = await casesIn(path, trainingPairs);
    const testing = await casesIn(path, testPairs);
    if (training.length === 0 || training.every(({ labels }) => labels === undefined)) throw unmatchedError(path);
    const channels = await channelsOfImages(
      training.flatMap(({ images }) => images),
      { signal },
    );
    return {
      name: basename(path),
      path,
      channels,
      ...(await labelled({ training, testing }, { folder: path, signal })),
    };
  },
};

/** A case whose labels' meaning is still to be found. */
type FoundCase = Omit<TrainingCase, "labels"> & { readonly labels?: LabelSource | MaskFiles };

async function labelled(
  { training, testing }: { readonly training: readonly FoundCase[]; readonly testing: readonly FoundCase[] },
  search: ClassSearch,
) {
  const masks = [...training, ...testing].flatMap(({ labels }) => (labels?.kind === "mask-files" ? [labels] : []));
  if (masks.length > 0) {
    const { classes, sourceOf } = await withClasses(masks, search.folder);
    const settled = (each: FoundCase): TrainingCase =>
      each.labels?.kind === "mask-files" ? { ...each, labels: sourceOf(each.labels) } : (each as TrainingCase);
    return { classes, training: training.map(settled), testing: testing.map(settled) };
  }
  return withLabelClasses({ training, testing } as SplitCases, search);
}

async function pairIn(path: string, pairs: readonly FolderPair[]): Promise<FolderPair | undefined> {
  for (const pair of pairs) {
    const isThere = async (folder: string) => (await namesIn(join(path, folder))).length > 0;
    if ((await isThere(pair.images)) && (await isThere(pair.labels))) return pair;
  }
  return undefined;
}

async function casesIn(path: string, pairs: readonly FolderPair[]): Promise<readonly FoundCase[]> {
  const pair = await pairIn(path, pairs);
  if (pair === undefined) return [];
  const [images, labels] = [join(path, pair.images), join(path, pair.labels)];
  const names = await namesIn(images);
  const ids = names.map(caseIdOf);
  const labelsOf = await labelFinder(labels, ids);
  const cases = names.map((name, n): FoundCase => {
    const found = labelsOf.get(ids[n]);
    const own = { id: ids[n], ...patientOfName(ids[n]), images: [join(images, name)] };
    return { ...own, ...(found === undefined ? {} : { labels: found }) };
  });
  // Labels without an image make a case that the integrity check will name.
  const orphans = [...labelsOf].filter(([id]) => !ids.includes(id));
  return [...cases, ...orphans.map(([id, found]) => ({ id, images: [join(images, id)], labels: found }))];
}

async function labelFinder(
  folder: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LabelSource | MaskFiles>> {
  const names = await namesIn(folder);
  const known = new Set(ids);
  if (names.some((name) => known.has(caseIdOf(name))))
    return new Map(names.map((name) => [caseIdOf(name), { kind: "label-map", path: join(folder, name) }]));
  const perFolder = await masksPerFolder(folder, names);
  return perFolder.size > 0 ? perFolder : masksPerCase(folder, { names, ids });
}

/** Files of images and folders of slices, sorted. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => (entry.isDirectory() ? !entry.name.startsWith(".") : isVolumeFile(entry.name)))
    .map(({ name }) => name)
    .sort();
}

function unmatchedError(where: string): ConfigError {
  return new ConfigError({
    code: "T_DATASET",
    where,
    expected: "labels named as their images, or labels/<class>/<image>, or labels/<image>_<class>",
    got: "no image with labels",
    next: "Rename the files, or list them in a CSV file with the columns id, image and label",
  });
}
