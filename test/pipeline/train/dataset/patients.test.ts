import { strict as assert } from "node:assert";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { patientOfName } from "../../../../pipeline/train/dataset/patients.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";

const msd = {
  name: "Hearts",
  modality: { "0": "MRI" },
  labels: { "0": "background", "1": "RV" },
  training: ["patient001_frame01", "patient001_frame12", "other"].map((id) => ({
    image: `./imagesTr/${id}.nii.gz`,
    label: `./labelsTr/${id}.nii.gz`,
  })),
};

const raw = { channel_names: { "0": "T2" }, labels: { background: 0, PZ: 1 }, file_ending: ".nii.gz" };

describe("patientOfName", () => {
  for (const [name, patient] of [
    ["patient012_frame03", "patient012"],
    ["sub-01_ses-2_T2w", "sub-01"],
    ["sub-control7", "sub-control7"],
    ["TCGA-A1-A0SK-DX1_xmin45749_ymin25055_MPP-0.2500", "TCGA-A1-A0SK"],
    ["TCGA-A1-A0SK-DX1_xmin45749_ymin25055_MPP-0.2500_722_790", "TCGA-A1-A0SK"],
  ])
    it(`finds ${patient} in ${name}`, () => assert.deepEqual(patientOfName(name), { patient }));

  for (const name of [
    "patient012",
    "patient012_frame03_crop",
    "sub01_T2w",
    "sub-_T2w",
    "TCGA-A1",
    "case_sub-01",
    "hippocampus_001",
  ])
    it(`finds nobody in ${name}`, () => assert.deepEqual(patientOfName(name), {}));
});

describe("patients of data sets", () => {
  const patientsIn = async (files: Parameters<typeof folderWith>[0]) =>
    (await findDataset(folderWith(files))).training.map(({ patient }) => patient);

  it("come from names that say so, in all layouts of files", async () => {
    assert.deepEqual(await patientsIn({ "dataset.json": msd }), ["patient001", "patient001", undefined]);
    const files = { "imagesTr/sub-1_T2w_0000.nii.gz": nifti(), "labelsTr/sub-1_T2w.nii.gz": niftiLabels({ 1: 1 }) };
    assert.deepEqual(await patientsIn({ ...files, "dataset.json": raw }), ["sub-1"]);
    assert.deepEqual(
      await patientsIn({ "images/sub-1_T2w.nii": nifti(), "labels/sub-1_T2w.nii": niftiLabels({ 1: 1 }) }),
      ["sub-1"],
    );
  });

  it("come from dataset.json, before names", async () => {
    const patients = { other: "patient001", patient001_frame12: "somebody else" };
    assert.deepEqual(await patientsIn({ "dataset.json": { ...msd, patients } }), [
      "patient001",
      "somebody else",
      "patient001",
    ]);
    const files = { "imagesTr/a_0000.nii.gz": nifti(), "imagesTr/b_0000.nii.gz": nifti() };
    assert.deepEqual(await patientsIn({ ...files, "dataset.json": { ...raw, patients: { b: "B" } } }), [
      undefined,
      "B",
    ]);
  });

  it("are refused where dataset.json gives one to a case that there is not", async () => {
    const folder = folderWith({ "dataset.json": { ...msd, patients: { "other.nii.gz": "A" } } });
    const error = await findDataset(folder).catch((reason: unknown) => reason);
    assert.ok(isNamedError(error));
    assert.deepEqual([error.problem.code, error.problem.got], ["T_PATIENT", "other.nii.gz"]);
    assert.match(error.problem.where, /dataset\.json#\/patients$/);
  });
});
