import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { folderWith } from "../../../support/dataset-files.ts";
import { badIn, firstLabels, madeUpDatasets, without } from "../../../support/made-up-datasets.ts";

describe("acdc", () => {
  const files = madeUpDatasets.ACDC;
  const patient = Object.fromEntries(
    Object.entries(files).flatMap(([name, content]) =>
      name.startsWith("training/patient001") ? [[name.slice("training/".length), content]] : [],
    ),
  );

  it("takes the two frames that Info.cfg names, and keeps them with their patient", async () => {
    const { training, testing, classes } = await findDataset(folderWith(files));
    assert.deepEqual(
      training.map(({ id, patient }) => [id, patient]),
      [
        ["patient001_frame01", "patient001"],
        ["patient001_frame12", "patient001"],
      ],
    );
    assert.deepEqual(
      testing.map(({ id, labels }) => [id, labels !== undefined]),
      [
        ["patient101_frame01", false],
        ["patient101_frame14", true],
      ],
    );
    assert.deepEqual(
      classes.map(({ name }) => name),
      ["right ventricle", "myocardium", "left ventricle"],
    );
    assert.deepEqual(await firstLabels(files), [0, 0, 0, 1, 2, 3, 0, 0]);
  });

  it("is found from the folder above database/, and from that of the patients", async () => {
    const deeper = Object.fromEntries(Object.entries(files).map(([name, content]) => [`database/${name}`, content]));
    assert.equal((await findDataset(folderWith(deeper))).testing.length, 2);
    const beside = await findDataset(folderWith(patient));
    assert.deepEqual([beside.training.length, beside.testing.length], [2, 0]);
  });

  it("names the frames that are missing, and the Info.cfg that does not say which they are", async () => {
    assert.deepEqual(await badIn(without(files, "training/patient001/patient001_frame12.nii.gz")), [
      ["patient001_frame12", "C_INPUT"],
    ]);
    assert.deepEqual(await badIn(without(files, "training/patient001/patient001_frame01_gt.nii.gz")), [
      ["patient001_frame01", "T_LABELS"],
    ]);
    const silent = folderWith({ ...patient, "patient002/Info.cfg": "ED: 1\nES: last\n" });
    const error = await findDataset(silent).catch((reason: unknown) => reason);
    assert.ok(isNamedError(error));
    assert.deepEqual([error.problem.code, error.problem.where], ["T_DATASET", join(silent, "patient002", "Info.cfg")]);
    assert.match(error.problem.expected, /ES: 1/);
  });
});
