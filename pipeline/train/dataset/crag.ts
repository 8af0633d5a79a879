import { basename, join } from "node:path";
import { classesFrom, type DatasetFormat } from "./dataset-format.ts";
import { holdsOnly, idsIn, pairedCases } from "./named-files.ts";
import type { TrainingCase } from "./training-dataset.ts";

/**
 * CRAG: 173 and 40 tiles of colorectal adenocarcinoma in which every gland has a number. Glands are one class: neither the
 * data set nor SAM-Path's copy of it says which are benign.
 *
 * `train/Images/train_1.png` with `train/Annotation/train_1.png`, the test tiles in `valid/` or `test/`.
 *
 * Source: Graham 2019, doi:10.1016/j.media.2018.12.001; the layout as in XiaoyuZHK/CRAG-Dataset_Aug_ToCOCO; SAM-Path has two
 *         classes for it, background among them (cvlab-stonybrook/SAMPath, configs/CRAG.py and image_mask_dataset.py)
 */
export const crag: DatasetFormat = {
  name: "CRAG",
  recognises: async (path) => (await annotationsIn(path, "train")) !== undefined,
  read: async (path) => ({
    name: basename(path),
    path,
    channels: ["red", "green", "blue"].map((name) => ({ name })),
    classes: classesFrom([{ id: GLAND, name: "gland" }]),
    reference: "doi:10.1016/j.media.2018.12.001",
    training: await tilesIn(path, "train"),
    testing: [...(await tilesIn(path, "valid")), ...(await tilesIn(path, "test"))],
  }),
};

const GLAND = 1;
const TILE = /^((?:train|test)_\d+)\.png$/;

async function tilesIn(path: string, part: string): Promise<readonly TrainingCase[]> {
  const annotations = await annotationsIn(path, part);
  if (annotations === undefined) return [];
  const images = join(path, part, IMAGES);
  return pairedCases(
    { images: await idsIn(images, TILE), labels: await idsIn(annotations, TILE) },
    {
      imageOf: (id) => join(images, `${id}.png`),
      labelsOf: (id) => ({
        kind: "label-map",
        path: join(annotations, `${id}.png`),
        values: { kind: "objects", classId: GLAND },
      }),
    },
  );
}

const IMAGES = "Images";

/** Version 2 calls them `Annotation`, its own description `Annotations`. */
async function annotationsIn(path: string, part: string): Promise<string | undefined> {
  if (!(await holdsOnly(join(path, part, IMAGES), TILE))) return undefined;
  for (const name of ["Annotation", "Annotations"])
    if (await holdsOnly(join(path, part, name), TILE)) return join(path, part, name);
  return undefined;
}
