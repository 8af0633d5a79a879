import { basename, join } from "node:path";
import { classesFrom, type DatasetFormat } from "./dataset-format.ts";
import { holdsOnly, idsIn, pairedCases } from "./named-files.ts";
import type { LabelValues, TrainingCase } from "./training-dataset.ts";

/** Tissue that is told apart, and the published codes that count as it. */
const groups: readonly (readonly [name: string, ...codes: number[]])[] = [
  ["tumor", 1, 19, 20], // tumor, angioinvasion, dcis
  ["stroma", 2],
  ["inflammatory", 3, 10, 11], // lymphocytic_infiltrate, plasma_cells, other_immune_infiltrate
  ["necrosis", 4], // necrosis_or_debris
  ["other", 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 21],
];

/** Outside of the annotated region: "don't care", in the words of its authors. */
const OUTSIDE = 0;
const IGNORED = 255;

const values: LabelValues = {
  kind: "codes",
  classOf: [[OUTSIDE, IGNORED], ...groups.flatMap(([, ...codes], n) => codes.map((code) => [code, n + 1] as const))],
};

/** Institutions whose slides are the test set, by the second part of a TCGA barcode. */
const testInstitutions: ReadonlySet<string> = new Set(["OL", "LL", "E2", "EW", "GM", "S3"]);

/**
 * BCSS: regions of breast cancer slides of TCGA with 22 kinds of tissue, grouped into five; what lies outside of the
 * annotated region is ignored. `masks/` beside `rgbs_colorNormalized/`, `images/` or `rgbs/`, PNG files named after barcode,
 * place and resolution.
 *
 * Source: doi:10.1093/bioinformatics/btz083; PathologyDataScience/BCSS, meta/gtruth_codes.tsv; groups and test institutions
 *         of the challenge's baseline, bcsegmentation.grand-challenge.org, as kaiko-ai/eva lists them in
 *         src/eva/vision/data/datasets/segmentation/bcss.py, whose code leaves tumor itself in other, unlike its text
 */
export const bcss: DatasetFormat = {
  name: "BCSS",
  recognises: async (path) => (await imageFolderIn(path)) !== undefined,
  read: async (path) => {
    const images = (await imageFolderIn(path)) ?? path;
    const masks = join(path, MASKS);
    const cases = pairedCases(
      { images: await idsIn(images, REGION), labels: await idsIn(masks, REGION) },
      {
        imageOf: (id) => join(images, `${id}.png`),
        labelsOf: (id) => ({ kind: "label-map", path: join(masks, `${id}.png`), values }),
      },
    );
    const isTest = ({ id }: TrainingCase) => testInstitutions.has(id.split("-")[1]);
    return {
      name: basename(path),
      path,
      channels: ["red", "green", "blue"].map((name) => ({ name })),
      classes: classesFrom(groups.map(([name], n) => ({ id: n + 1, name }))),
      ignoreLabel: IGNORED,
      license: "CC0-1.0",
      reference: "doi:10.1093/bioinformatics/btz083",
      training: cases.filter((each) => !isTest(each)),
      testing: cases.filter(isTest),
    };
  },
};

const MASKS = "masks";
const REGION = /^(TCGA-[A-Z0-9]{2}-[A-Z0-9]{4}-DX\d+_xmin\d+_ymin\d+_MPP-\d+\.\d+)\.png$/;

async function imageFolderIn(path: string): Promise<string | undefined> {
  if (!(await holdsOnly(join(path, MASKS), REGION))) return undefined;
  for (const name of ["rgbs_colorNormalized", "images", "rgbs"])
    if (await holdsOnly(join(path, name), REGION)) return join(path, name);
  return undefined;
}
