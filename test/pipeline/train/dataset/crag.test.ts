import { strict as assert } from "node:assert";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { folderWith } from "../../../support/dataset-files.ts";
import { badIn, firstLabels, madeUpDatasets, without } from "../../../support/made-up-datasets.ts";

describe("crag", () => {
  const files = madeUpDatasets.CRAG;

  it("makes one class of glands that each have a number, or a colour", async () => {
    assert.deepEqual(await firstLabels(files), [0, 1, 1, 1, 0, 0, 0, 0]);
    assert.deepEqual(await firstLabels(files, { n: 1 }), [1, 0, 1, 0, 0, 0, 0, 0]);
    const { classes, channels, testing } = await findDataset(folderWith(files));
    assert.deepEqual([classes.map(({ name }) => name), channels.length], [["gland"], 3]);
    assert.deepEqual(
      testing.map(({ id }) => id),
      ["test_1"],
    );
  });

  it("names tiles of which half is missing", async () => {
    assert.deepEqual(await badIn(without(files, "train/Annotation/train_1.png", "train/Images/train_10.png")), [
      ["train_1", "T_LABELS"],
      ["train_10", "C_INPUT"],
    ]);
  });
});
