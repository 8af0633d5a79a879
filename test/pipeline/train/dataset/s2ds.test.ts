import { strict as assert } from "node:assert";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { folderWith } from "../../../support/dataset-files.ts";
import { badIn, colourPicture, firstLabels, madeUpDatasets, without } from "../../../support/made-up-datasets.ts";

describe("s2ds", () => {
  const files = madeUpDatasets.S2DS;

  it("reads its authors' colours, from a palette too, and takes dark ones for none", async () => {
    // (199, 255, 12) counts as (0, 255, 0), which is vegetation.
    assert.deepEqual(await firstLabels(files, { count: 9 }), [0, 1, 2, 3, 4, 5, 6, 5, 0]);
    assert.deepEqual(await firstLabels(files, { n: 1, count: 3 }), [2, 6, 0]);
    assert.deepEqual(await firstLabels(files, { n: 2, count: 2 }), [1, 0]);
  });

  it("trains on train and val, whose numbers both begin at 0, and tests on test", async () => {
    const { training, testing } = await findDataset(folderWith(files));
    assert.deepEqual(
      [training, testing].map((cases) => cases.map(({ id }) => id)),
      [["train_000", "train_017", "val_000"], ["test_1602"]],
    );
  });

  it("refuses a colour that stands for nothing, and names pictures of which half is missing", async () => {
    assert.deepEqual(await badIn({ ...files, "train/017_lab.png": colourPicture([[255, 0, 255]]) }), [
      ["train_017", "T_LABEL_VALUES"],
    ]);
    assert.deepEqual(await badIn(without(files, "train/000.png", "train/017_lab.png")), [
      ["train_000", "C_INPUT"],
      ["train_017", "T_LABELS"],
    ]);
  });
});
