import { strict as assert } from "node:assert";
import { datasetFormats, findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { examineDataset } from "../../../../pipeline/train/plan/fingerprint.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import {
  colourPicture,
  type DatasetFiles,
  grayPicture,
  madeUpDatasets,
  renamed,
} from "../../../support/made-up-datasets.ts";

/** The names of the kinds that a folder is taken for. */
async function kindsOf(files: DatasetFiles): Promise<readonly string[]> {
  const folder = folderWith(files);
  const found: string[] = [];
  for (const { name, recognises } of datasetFormats) if (await recognises(folder, undefined, {})) found.push(name);
  return found;
}

const generic = "a folder with images/ and labels/";

describe("datasetFormats", () => {
  for (const [name, files] of Object.entries(madeUpDatasets)) {
    it(`takes a folder in the layout of ${name} for that before anything else`, async () => {
      const [first, ...others] = await kindsOf(files);
      assert.equal(first, name);
      assert.ok(
        others.every((each) => each === generic),
        others.join(),
      );
    });

    it(`examines every case of a made-up ${name} without a fault`, async () => {
      const examined = await examineDataset(await findDataset(folderWith(files)));
      assert.deepEqual(examined.bad, []);
      assert.ok(examined.fingerprint.cases.length >= 2);
    });
  }

  for (const [what, files, kinds] of [
    ["volumes named otherwise beside pairs of IBD-MRE", { ...madeUpDatasets["IBD-MRE"], "extra.nii.gz": nifti() }, []],
    ["images of IBD-MRE without any labels", { "1_data.nii.gz": nifti(), "2_data.nii.gz": nifti() }, []],
    ["case_1_data, which no number begins", { "case_1_data.nii.gz": nifti(), "case_1_label.nii.gz": nifti() }, []],
    ["patients of ACDC without Info.cfg", { "patient001/patient001_frame01.nii.gz": nifti() }, []],
    ["patients of four digits", { "patient0001/Info.cfg": "ED: 1\nES: 2\n" }, []],
    ["masks of PROSTATEx without images", { "mask_prostate/ProstateX-0005.nii.gz": niftiLabels({}) }, []],
    [
      "regions without a resolution",
      { "images/TCGA-A1-A0SK.png": colourPicture(), "masks/TCGA-A1-A0SK.png": grayPicture([1]) },
      [generic],
    ],
    [
      "BCSS with a picture of another kind",
      { ...renamed(madeUpDatasets.BCSS, "rgbs_colorNormalized", "images"), "images/other.png": colourPicture() },
      [generic],
    ],
    [
      "CRAG in lower case",
      { "train/images/train_1.png": colourPicture(), "train/annotation/train_1.png": grayPicture([1]) },
      [],
    ],
    [
      "S2DS with pictures that have no number",
      { "train/a.png": colourPicture(), "train/a_lab.png": colourPicture() },
      [],
    ],
    ["S2DS without masks", { "train/000.png": colourPicture(), "train/001.png": colourPicture() }, []],
  ] as const)
    it(`does not take ${what} for a public data set`, async () => assert.deepEqual(await kindsOf(files), kinds));
});
