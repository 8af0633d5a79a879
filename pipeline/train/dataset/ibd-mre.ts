import { basename, join } from "node:path";
import { classesFrom, type DatasetFormat } from "./dataset-format.ts";
import { holdsOnly, idsIn, pairedCases } from "./named-files.ts";

const organs = [
  "stomach",
  "duodenum",
  "small intestine",
  "appendix",
  "cecum",
  "ascending colon",
  "transverse colon",
  "descending colon",
  "sigmoid colon",
  "rectum",
];

/**
 * IBD-MRE: coronal T2-weighted HASTE enterographies of 114 patients with ten bowel segments, as `<n>_data.nii.gz` and
 * `<n>_label.nii.gz` side by side.
 *
 * Source: doi:10.1038/s41597-025-04760-z, doi:10.5281/zenodo.13839321; files and class ids as in constantinpape/torch-em,
 *         torch_em/data/datasets/medical/ibd_mre.py
 */
export const ibdMre: DatasetFormat = {
  name: "IBD-MRE",
  recognises: async (path) =>
    (await holdsOnly(path, /^\d+_(data|label)\.nii\.gz$/)) && (await idsIn(path, LABEL)).size > 0,
  read: async (path) => ({
    name: basename(path),
    path,
    channels: [{ name: "T2 HASTE", modality: "MR" }],
    classes: classesFrom(organs.map((name, n) => ({ id: n + 1, name }))),
    reference: "doi:10.1038/s41597-025-04760-z",
    training: pairedCases(
      { images: await idsIn(path, IMAGE), labels: await idsIn(path, LABEL) },
      {
        imageOf: (id) => join(path, `${id}_data.nii.gz`),
        labelsOf: (id) => ({ kind: "label-map", path: join(path, `${id}_label.nii.gz`) }),
      },
    ),
    testing: [],
  }),
};

const IMAGE = /^(\d+)_data\.nii\.gz$/;
const LABEL = /^(\d+)_label\.nii\.gz$/;
