import { strict as assert } from "node:assert";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { examineDataset } from "../../../../pipeline/train/plan/fingerprint.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { niftiFile } from "../../../support/nifti-file.ts";

const good = niftiLabels({ 8: 1 });
const notNumbers = niftiFile(
  { datatype: 16, bitpix: 32 },
  new Uint8Array(new Float32Array(105).fill(Number.NaN, 3, 4).buffer),
);
const classes = [{ id: 1, name: "lesion", colorRgb: [1, 2, 3] }];

/** What is wrong with a case, its image and labels, and the code under which it is named. */
const badCases: Readonly<Record<string, readonly [image: Uint8Array, labels: Uint8Array | undefined, code: string]>> = {
  "labels of another size": [nifti(), niftiLabels({}, { dim: [3, 7, 5, 2, 1, 1, 1, 1] }), "T_SHAPE"],
  "labels at another place": [
    nifti(),
    niftiLabels({ 8: 1 }, { sform: [1, 0, 0, 5, 0, 2, 0, 7, 0, 0, 3, 9] }),
    "G_GRID",
  ],
  "a value of no class": [nifti(), niftiLabels({ 8: 3 }), "T_LABEL_VALUES"],
  "a voxel that is no number": [notNumbers, good, "N_NONFINITE"],
  "a truncated image": [nifti().subarray(0, 500), good, "N_DATA_SHORT"],
  "an image that is none": [Buffer.from("not an image at all"), good, "N_SHORT_HEADER"],
  "two volumes for one channel": [nifti(undefined, { dim: [4, 7, 5, 3, 2, 1, 1, 1] }), good, "N_4D"],
  "no labels": [nifti(), undefined, "T_LABELS"],
};

describe("examineDataset", () => {
  for (const [what, [image, labels, code]] of Object.entries(badCases))
    it(`names a case with ${what} ${code}, and goes on with the others`, async () => {
      const folder = folderWith({
        "images/bad.nii": image,
        ...(labels === undefined ? {} : { "labels/bad.nii": labels }),
        "images/fine.nii": nifti(),
        "labels/fine.nii": good,
        "images/other.nii": nifti(),
        "labels/other.nii": good,
        "classes.json": classes,
      });
      const { bad, fingerprint } = await examineDataset(await findDataset(folder));
      assert.deepEqual(
        bad.map(({ id, problem }) => [id, problem.code]),
        [["bad", code]],
      );
      assert.deepEqual(
        fingerprint.cases.map(({ id, shape }) => [id, shape]),
        [
          ["fine", [3, 5, 7]],
          ["other", [3, 5, 7]],
        ],
      );
    });

  it("names a case whose files are missing, and two of one name", async () => {
    const pair = { image: "image.nii", label: "label.nii" };
    const training = [{ image: "absent.nii", label: "label.nii" }, pair, pair];
    const list = { modality: { 0: "CT" }, labels: { 0: "background", 1: "lesion" }, training };
    const folder = folderWith({ "dataset.json": list, "image.nii": nifti(), "label.nii": good });
    const { bad, fingerprint } = await examineDataset(await findDataset(folder));
    assert.deepEqual(bad.map(({ id, problem }) => [id, problem.code]).sort(), [
      ["absent", "C_INPUT"],
      ["image", "T_CASE_NAME"],
    ]);
    assert.deepEqual(fingerprint.cases, []);
  });

  it("warns of a case without a voxel of any class, and of no other", async () => {
    const folder = folderWith({
      "images/empty.nii": nifti(),
      "labels/empty.nii": niftiLabels({}),
      "images/fine.nii": nifti(),
      "labels/fine.nii": good,
    });
    const { bad, warnings } = await examineDataset(await findDataset(folder));
    assert.deepEqual([bad, warnings.map(({ code, where }) => [code, where])], [[], [["T_EMPTY", "empty"]]]);
  });
});
