import { findDataset } from "../../pipeline/train/dataset/find-dataset.ts";
import { loadCase } from "../../pipeline/train/dataset/load-case.ts";
import { examineDataset } from "../../pipeline/train/plan/fingerprint.ts";
import { folderWith, nifti, niftiLabels } from "./dataset-files.ts";
import { pngFile } from "./picture-files.ts";

/** Files by their paths, as `folderWith` writes them. */
export type DatasetFiles = Readonly<Record<string, Uint8Array | string>>;

const size = { width: 7, height: 5 } as const;

/** A gray picture of 7 x 5 whose first pixels have these values; the others are 0. */
export function grayPicture(values: readonly number[], { deep = false } = {}): Buffer {
  const samples = new (deep ? Uint16Array : Uint8Array)(35);
  samples.set(values);
  return pngFile({ ...size, colorType: 0, samples });
}

/** A colour picture of 7 x 5 whose first pixels have these colours; the others are black. */
export function colourPicture(colours: readonly (readonly [number, number, number])[] = []): Buffer {
  const samples = new Uint8Array(105);
  samples.set(colours.flat());
  return pngFile({ ...size, colorType: 2, samples });
}

/** The same by a palette of those colours, after black. */
export function palettePicture(colours: readonly (readonly [number, number, number])[]): Buffer {
  const samples = Uint8Array.from({ length: 35 }, (_, i) => (i < colours.length ? i + 1 : 0));
  return pngFile({ ...size, colorType: 3, samples, palette: [0, 0, 0, ...colours.flat()] });
}

const tile = "DX1_xmin45749_ymin25055_MPP-0.2500.png";

/** Small folders in the layouts of public data sets, each with two cases that can be used at least. */
export const madeUpDatasets = {
  "IBD-MRE": {
    "1_data.nii.gz": nifti(),
    "1_label.nii.gz": niftiLabels({ 3: 4, 4: 10 }),
    "12_data.nii.gz": nifti((i) => -i),
    "12_label.nii.gz": niftiLabels({ 7: 1 }),
  },
  ACDC: {
    "training/patient001/Info.cfg": "ED: 1\nES: 12\nGroup: DCM\nHeight: 184.0\nNbFrame: 30\nWeight: 95.0\n",
    "training/patient001/patient001_4d.nii.gz": nifti(),
    "training/patient001/patient001_frame01.nii.gz": nifti(),
    "training/patient001/patient001_frame01_gt.nii.gz": niftiLabels({ 3: 1, 4: 2, 5: 3 }),
    "training/patient001/patient001_frame12.nii.gz": nifti((i) => 2 * i),
    "training/patient001/patient001_frame12_gt.nii.gz": niftiLabels({ 3: 3 }),
    "testing/patient101/Info.cfg": "ED: 1\r\nES: 14\r\n",
    "testing/patient101/patient101_frame01.nii.gz": nifti(),
    "testing/patient101/patient101_frame14.nii.gz": nifti(),
    "testing/patient101/patient101_frame14_gt.nii.gz": niftiLabels({ 3: 3 }),
    "training/MANDATORY_CITATION.md": "",
  },
  "PROSTATEx masks": {
    "Files/prostate/Images/ProstateX-0005_t2_tse_tra_4.nii.gz": nifti(),
    "Files/prostate/Images/ProstateX-0080_t2_tse_tra_Grappa3_2.nii.gz": nifti((i) => 3 * i),
    "Files/prostate/mask_prostate/ProstateX-0005.nii.gz": niftiLabels({ 8: 1, 9: 1, 10: 1 }),
    "Files/prostate/mask_prostate/ProstateX-080.nii.gz": niftiLabels({ 11: 1 }),
    "Files/prostate/mask_pz/ProstateX-0005_pz.nii.gz": niftiLabels({ 8: 1, 9: 1 }),
    "Files/prostate/mask_pz/VOLUME-0080_pz.nii.gz": niftiLabels({ 11: 1 }),
    "Files/prostate/mask_tz/ProstateX-0005_tz.nii.gz": niftiLabels({ 9: 1, 10: 1 }),
    "Files/prostate/mask_tz/ProstateX-080_tz.nii.gz": niftiLabels({ 12: 1 }),
    "Files/prostate/image_list.csv": "T2\nProstateX-0005_t2_tse_tra_4\n",
    "README.md": "",
  },
  BCSS: {
    [`rgbs_colorNormalized/TCGA-A1-A0SK-${tile}`]: colourPicture([[1, 2, 3]]),
    [`rgbs_colorNormalized/TCGA-AR-A1AI-${tile}`]: colourPicture([[4, 5, 6]]),
    [`rgbs_colorNormalized/TCGA-OL-A5D6-${tile}`]: colourPicture([[7, 8, 9]]),
    [`masks/TCGA-A1-A0SK-${tile}`]: grayPicture(Array.from({ length: 22 }, (_, code) => code)),
    [`masks/TCGA-AR-A1AI-${tile}`]: grayPicture([2, 0, 20], { deep: true }),
    [`masks/TCGA-OL-A5D6-${tile}`]: grayPicture([4]),
    "meta/gtruth_codes.tsv": "label\tGT_code\n",
  },
  CRAG: {
    "train/Images/train_1.png": colourPicture([[1, 2, 3]]),
    "train/Images/train_10.png": colourPicture([[3, 2, 1]]),
    "train/Annotation/train_1.png": grayPicture([0, 1, 7, 255]),
    "train/Annotation/train_10.png": colourPicture([
      [0, 0, 9],
      [0, 0, 0],
      [200, 0, 0],
    ]),
    "train/Overlay/train_1.png": colourPicture(),
    "valid/Images/test_1.png": colourPicture(),
    "valid/Annotation/test_1.png": grayPicture([3]),
  },
  S2DS: {
    "train/000.png": colourPicture([[1, 2, 3]]),
    "train/000_lab.png": colourPicture([
      [0, 0, 0],
      [255, 255, 255],
      [255, 0, 0],
      [255, 255, 0],
      [0, 255, 255],
      [0, 255, 0],
      [0, 0, 255],
      [199, 255, 12],
    ]),
    "train/017.png": colourPicture([[3, 2, 1]]),
    "train/017_lab.png": palettePicture([
      [255, 0, 0],
      [0, 0, 255],
    ]),
    "val/000.png": colourPicture([[9, 9, 9]]),
    "val/000_lab.png": grayPicture([255]),
    "test/1602.png": colourPicture(),
    "test/1602_lab.png": colourPicture(),
  },
  "BIDS with segmentations below derivatives/": {
    "dataset_description.json": JSON.stringify({ Name: "Brains", BIDSVersion: "1.10.0", License: "CC0" }),
    "participants.tsv": "participant_id\nsub-01\n",
    "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz": nifti(),
    "sub-01/ses-1/anat/sub-01_ses-1_T1w.json": "{}",
    "sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz": nifti((i) => 2 * i),
    "sub-02/anat/sub-02_run-1_T1w.nii.gz": nifti((i) => 3 * i),
    "sub-02/anat/sub-02_run-1_T2w.nii.gz": nifti((i) => 4 * i),
    "sub-03/anat/sub-03_T1w.nii.gz": nifti((i) => 5 * i),
    "sub-03/func/sub-03_bold.nii.gz": nifti(),
    "derivatives/manual/dseg.tsv":
      "index\tname\tabbreviation\tcolor\n0\tBackground\tBG\tn/a\n100\tGray Matter\tGM\t#ff53bb\n11\tBrainstem\tBS\tn/a\n",
    "derivatives/manual/sub-01/ses-1/anat/sub-01_ses-1_space-orig_dseg.nii.gz": niftiLabels({ 2: 100, 3: 11 }),
    "derivatives/manual/sub-01/ses-2/anat/sub-01_ses-2_space-orig_dseg.nii.gz": niftiLabels({ 2: 11 }),
    "derivatives/manual/sub-02/anat/sub-02_run-1_seg-mine_dseg.nii.gz": niftiLabels({ 4: 100 }),
    "derivatives/masks/sub-02/anat/sub-02_run-1_label-brain_mask.nii.gz": niftiLabels({ 4: 1 }),
  },
} satisfies Record<string, DatasetFiles>;

/** The same files but those. */
export function without(files: DatasetFiles, ...names: readonly string[]): DatasetFiles {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

/** The same files, a part of their paths changed. */
export function renamed(files: DatasetFiles, part: string, by: string): DatasetFiles {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name.replace(part, by), content]));
}

/** Cases that examination finds unusable, with why. */
export async function badIn(files: DatasetFiles): Promise<readonly (readonly [id: string, code: string])[]> {
  const { bad } = await examineDataset(await findDataset(folderWith(files)));
  return bad.map(({ id, problem: { code } }) => [id, code]);
}

/** The labels of the first voxels of the n-th training case. */
export async function firstLabels(files: DatasetFiles, { n = 0, count = 8 } = {}): Promise<readonly number[]> {
  const dataset = await findDataset(folderWith(files));
  const { labels } = await loadCase(dataset, dataset.training[n]);
  return [...(labels?.data ?? [])].slice(0, count);
}
