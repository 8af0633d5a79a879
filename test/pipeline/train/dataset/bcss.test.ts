import { strict as assert } from "node:assert";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { folderWith } from "../../../support/dataset-files.ts";
import {
  badIn,
  firstLabels,
  grayPicture,
  madeUpDatasets,
  renamed,
  without,
} from "../../../support/made-up-datasets.ts";

describe("bcss", () => {
  const files = madeUpDatasets.BCSS;

  it("groups the 22 published codes into five tissues, and ignores what is outside", async () => {
    // meta/gtruth_codes.tsv, in its order: outside_roi, tumor, stroma, lymphocytic_infiltrate, necrosis_or_debris,
    // glandular_secretions, blood, exclude, metaplasia_NOS, fat, plasma_cells, other_immune_infiltrate, mucoid_material,
    // normal_acinus_or_duct, lymphatics, undetermined, nerve, skin_adnexa, blood_vessel, angioinvasion, dcis, other
    assert.deepEqual(
      await firstLabels(files, { count: 23 }),
      [255, 1, 2, 3, 4, 5, 5, 5, 5, 5, 3, 3, 5, 5, 5, 5, 5, 5, 5, 1, 1, 5, 255],
    );
    const { classes, ignoreLabel } = await findDataset(folderWith(files));
    assert.deepEqual(
      classes.map(({ id, name }) => [id, name]),
      [
        [1, "tumor"],
        [2, "stroma"],
        [3, "inflammatory"],
        [4, "necrosis"],
        [5, "other"],
      ],
    );
    assert.equal(ignoreLabel, 255);
    assert.deepEqual(await firstLabels(files, { n: 1, count: 3 }), [2, 255, 1]);
  });

  it("holds out the institutions of the challenge, and knows the patients", async () => {
    for (const layout of [files, renamed(files, "rgbs_colorNormalized", "images")]) {
      const { training, testing } = await findDataset(folderWith(layout));
      assert.deepEqual(
        training.map(({ patient }) => patient),
        ["TCGA-A1-A0SK", "TCGA-AR-A1AI"],
      );
      assert.deepEqual(
        testing.map(({ patient }) => patient),
        ["TCGA-OL-A5D6"],
      );
    }
  });

  it("names a code that was never published, and regions of which half is missing", async () => {
    const [image, other] = Object.keys(files);
    const mask = other.replace("rgbs_colorNormalized", "masks");
    assert.deepEqual(await badIn({ ...files, [mask]: grayPicture([22]) }), [[idOf(other), "T_LABEL_VALUES"]]);
    assert.deepEqual(await badIn(without(files, image, mask)), [
      [idOf(image), "C_INPUT"],
      [idOf(other), "T_LABELS"],
    ]);
  });

  const idOf = (path: string) => path.replace(/^.*\/|\.png$/g, "");
});
