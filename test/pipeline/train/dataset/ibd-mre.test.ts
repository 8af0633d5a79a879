import { strict as assert } from "node:assert";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { folderWith, niftiLabels } from "../../../support/dataset-files.ts";
import { badIn, firstLabels, madeUpDatasets, without } from "../../../support/made-up-datasets.ts";

describe("ibdMre", () => {
  const files = madeUpDatasets["IBD-MRE"];

  it("names ten bowel segments by their published numbers", async () => {
    const { classes, channels } = await findDataset(folderWith(files));
    assert.deepEqual(
      [1, 4, 5, 10].map((id) => classes.find((each) => each.id === id)?.name),
      ["stomach", "appendix", "cecum", "rectum"],
    );
    assert.deepEqual([classes.length, channels], [10, [{ name: "T2 HASTE", modality: "MR" }]]);
    assert.deepEqual(await firstLabels(files), [0, 0, 0, 4, 10, 0, 0, 0]);
  });

  it("names the cases of which half is missing", async () => {
    assert.deepEqual(await badIn(without(files, "1_label.nii.gz", "12_data.nii.gz")), [
      ["1", "T_LABELS"],
      ["12", "C_INPUT"],
    ]);
    assert.deepEqual(await badIn({ ...files, "12_label.nii.gz": niftiLabels({ 7: 11 }) }), [["12", "T_LABEL_VALUES"]]);
  });
});
