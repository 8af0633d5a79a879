import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { FormatError } from "../../volume/errors.ts";
import { classesFrom, type DatasetFormat } from "./dataset-format.ts";
import type { LabelSource, TrainingCase, TrainingDataset } from "./training-dataset.ts";

/**
 * PROSTATEx with the public masks: T2-weighted MR of 204 patients with the peripheral zone and the rest of the gland, or the
 * whole gland where there are no zones.
 *
 * A copy of the masks' repository, its `Files/` or its `Files/prostate/`, which has `Images/ProstateX-0005_t2_tse_tra_4.nii.gz`
 * beside `mask_pz/ProstateX-0005_pz.nii.gz`, `mask_tz/` and `mask_prostate/`. Masks go by the number in their names, which are
 * not all alike (`ProstateX-080`, `VOLUME-0202_pz`). To learn the whole gland, take `mask_pz/` and `mask_tz/` away.
 *
 * Source: Cuocolo 2021, doi:10.1016/j.ejrad.2021.109647; rcuocolo/PROSTATEx_masks; images doi:10.7937/K9TCIA.2017.MURS5CL;
 *         constantinpape/torch-em, torch_em/data/datasets/medical/prostatex.py
 */
export const prostatex: DatasetFormat = {
  name: "PROSTATEx masks",
  recognises: async (path) => (await placeIn(path)) !== undefined,
  read: async (path) => {
    const place = (await placeIn(path)) ?? path;
    return {
      name: basename(path),
      path,
      channels: [{ name: "T2", modality: "MR" }],
      ...(await labelledIn(place)),
      license: "CC BY 4.0",
      reference: "doi:10.1016/j.ejrad.2021.109647",
      testing: [],
    };
  },
};

const IMAGES = "Images";
const IMAGE = /^ProstateX-(\d+)_t2_.*\.nii\.gz$/;
const MASK = /^[A-Za-z]+-(\d+)(?:_[pt]z)?\.nii\.gz$/;

async function placeIn(path: string): Promise<string | undefined> {
  for (const place of [path, join(path, "Files", "prostate"), join(path, "prostate")]) {
    const [images, masks] = [await namesIn(join(place, IMAGES)), await namesIn(join(place, "mask_prostate"))];
    if (images.some((name) => IMAGE.test(name)) && masks.some((name) => MASK.test(name))) return place;
  }
  return undefined;
}

async function labelledIn(place: string): Promise<Pick<TrainingDataset, "classes" | "training">> {
  const [peripheral, rest] = [
    await byNumber(join(place, "mask_pz"), MASK),
    await byNumber(join(place, "mask_tz"), MASK),
  ];
  if (peripheral.size > 0 && rest.size > 0)
    return {
      classes: classesFrom([
        { id: 1, name: "peripheral zone" },
        { id: 2, name: "transition zone" },
      ]),
      // Where both claim a voxel, it is the peripheral zone's.
      training: await casesWith(place, [
        { classId: 2, pathOf: rest },
        { classId: 1, pathOf: peripheral },
      ]),
    };
  const gland = await byNumber(join(place, "mask_prostate"), MASK);
  return {
    classes: classesFrom([{ id: 1, name: "prostate" }]),
    training: await casesWith(place, [{ classId: 1, pathOf: gland }]),
  };
}

/** A file by the number of its patient. */
type FilesByNumber = ReadonlyMap<number, string>;

interface ClassMasks {
  readonly classId: number;
  readonly pathOf: FilesByNumber;
}

/** A case for each image or mask; without one of its masks it has no labels, without an image no file: both are named later. */
async function casesWith(place: string, masks: readonly ClassMasks[]): Promise<readonly TrainingCase[]> {
  const images = await byNumber(join(place, IMAGES), IMAGE);
  const numbers = new Set([images, ...masks.map(({ pathOf }) => pathOf)].flatMap((files) => [...files.keys()]));
  return [...numbers]
    .sort((first, second) => first - second)
    .map((number) => {
      const id = `ProstateX-${String(number).padStart(4, "0")}`;
      const labels = masksOf(number, masks);
      const image = images.get(number) ?? join(place, IMAGES, `${id}_t2_tse_tra.nii.gz`);
      return { id, images: [image], ...(labels === undefined ? {} : { labels }) };
    });
}

function masksOf(number: number, masks: readonly ClassMasks[]): LabelSource | undefined {
  const paths = masks.flatMap(({ classId, pathOf }) => {
    const path = pathOf.get(number);
    return path === undefined ? [] : [{ classId, path }];
  });
  return paths.length === masks.length ? { kind: "masks", paths } : undefined;
}

async function byNumber(folder: string, pattern: RegExp): Promise<FilesByNumber> {
  const found = new Map<number, string>();
  for (const name of await namesIn(folder)) {
    const digits = pattern.exec(name)?.[1];
    if (digits === undefined) continue;
    const other = found.get(Number(digits));
    if (other !== undefined) throw twoFilesError(folder, `${basename(other)} and ${name}`);
    found.set(Number(digits), join(folder, name));
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

function twoFilesError(where: string, got: string): FormatError {
  const next = "Move the one that is not meant away";
  return new FormatError({ code: "T_DATASET", where, expected: "one file for each patient", got, next });
}
