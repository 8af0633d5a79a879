import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { folderWith, niftiLabels } from "../../../support/dataset-files.ts";
import { badIn, firstLabels, madeUpDatasets, without } from "../../../support/made-up-datasets.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";

describe("prostatex", () => {
  const files = madeUpDatasets["PROSTATEx masks"];
  const zones = ["pz", "tz"].flatMap((zone) =>
    Object.keys(files).filter((name) => name.startsWith(`Files/prostate/mask_${zone}/`)),
  );

  it("pairs masks with images by number, whatever else is in their names; the peripheral zone wins", async () => {
    const { training, classes } = await findDataset(folderWith(files));
    assert.deepEqual(
      training.map(({ id }) => id),
      ["ProstateX-0005", "ProstateX-0080"],
    );
    assert.deepEqual(
      classes.map(({ id, name }) => [id, name]),
      [
        [1, "peripheral zone"],
        [2, "transition zone"],
      ],
    );
    assert.deepEqual((await firstLabels(files, { count: 13 })).slice(7), [0, 1, 1, 2, 0, 0]);
    assert.deepEqual((await firstLabels(files, { n: 1, count: 13 })).slice(10), [0, 1, 2]);
  });

  it("learns the whole gland where there are no zones", async () => {
    const whole = without(files, ...zones);
    assert.deepEqual(
      (await findDataset(folderWith(whole))).classes.map(({ name }) => name),
      ["prostate"],
    );
    assert.deepEqual((await firstLabels(whole, { count: 12 })).slice(7), [0, 1, 1, 1, 0]);
  });

  it("is found from Files/ and Files/prostate/ as well", async () => {
    const folder = folderWith(files);
    for (const place of ["Files", "Files/prostate"])
      assert.equal((await findDataset(join(folder, place))).training.length, 2);
  });

  it("names the cases of which an image or a mask is missing, and refuses two masks of one patient", async () => {
    const [image] = Object.keys(files);
    assert.deepEqual(await badIn(without(files, image, "Files/prostate/mask_tz/ProstateX-080_tz.nii.gz")), [
      ["ProstateX-0005", "C_INPUT"],
      ["ProstateX-0080", "T_LABELS"],
    ]);
    const twice = { ...files, "Files/prostate/mask_pz/ProstateX-005_pz.nii.gz": niftiLabels({}) };
    assert.equal(await codeOfFailure(findDataset(folderWith(twice))), "T_DATASET");
  });
});
