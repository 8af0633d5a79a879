import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { loadCase } from "../../../../pipeline/train/dataset/load-case.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { pngFile } from "../../../support/picture-files.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";

const list = {
  channel_names: { "0": "T2", "1": "ADC" },
  labels: { background: 0, PZ: 1, TZ: 2 },
  numTraining: 2,
  file_ending: ".nii.gz",
};

const brats = {
  ...list,
  channel_names: { "0": "T1" },
  labels: { background: 0, "whole tumor": [1, 2, 3], "tumor core": [2, 3], enhancing: 3, ignore: 4 },
  regions_class_order: [1, 2, 3],
};

describe("nnunetRaw", () => {
  it("gathers a case's channels by number, sorted by case, with labels where there are some", async () => {
    const folder = folderWith({
      "dataset.json": list,
      "imagesTr/p_2_0001.nii.gz": nifti((i) => 2 * i),
      "imagesTr/p_2_0000.nii.gz": nifti((i) => -i),
      "imagesTr/p_10_0000.nii.gz": nifti(),
      "imagesTr/notes.txt": "",
      "labelsTr/p_2.nii.gz": niftiLabels({ 8: 2 }),
      "imagesTs/q_0000.nii.gz": nifti(),
      "labelsTs/q.nii.gz": niftiLabels({}),
    });
    const dataset = await findDataset(folder);
    assert.deepEqual(
      dataset.training.map(({ id, images, labels }) => [id, images.length, labels?.kind]),
      [
        ["p_10", 1, undefined],
        ["p_2", 2, "label-map"],
      ],
    );
    assert.deepEqual(
      dataset.testing.map(({ id, labels }) => [id, labels?.kind]),
      [["q", "label-map"]],
    );
    assert.deepEqual(
      dataset.classes.map(({ id, name }) => [id, name]),
      [
        [1, "PZ"],
        [2, "TZ"],
      ],
    );
    const { channels, labels } = await loadCase(dataset, dataset.training[1]);
    assert.deepEqual([channels[0].data[9], channels[1].data[9], labels?.data[8]], [-9, 18, 2]);
    assert.equal(await codeOfFailure(loadCase(dataset, dataset.training[0])), "T_CHANNELS");
  });

  it("takes regions, the values they are made of, and the ignore label", async () => {
    const dataset = await findDataset(folderWith({ "dataset.json": brats }));
    assert.deepEqual(dataset.regions, [
      { name: "whole tumor", classIds: [1, 2, 3] },
      { name: "tumor core", classIds: [2, 3] },
      { name: "enhancing", classIds: [3] },
    ]);
    assert.deepEqual([dataset.classes.map(({ id }) => id), dataset.ignoreLabel], [[1, 2, 3], 4]);
  });

  it("refuses regions without regions_class_order, and regions that hold the background", async () => {
    const { regions_class_order: _, ...unordered } = brats;
    assert.equal(await codeOfFailure(findDataset(folderWith({ "dataset.json": unordered }))), "T_DATASET");
    const holding = { ...brats, labels: { ...brats.labels, enhancing: [0, 3] } };
    assert.equal(await codeOfFailure(findDataset(folderWith({ "dataset.json": holding }))), "T_DATASET");
  });

  it("takes cases from an explicit list, and only files below its folder", async () => {
    const dataset = { one: { images: ["a.nii.gz", "sub/b.nii.gz"], label: "c.nii.gz" } };
    const folder = folderWith({ "dataset.json": { ...list, dataset } });
    const { training } = await findDataset(folder);
    assert.deepEqual(training, [
      {
        id: "one",
        images: [join(folder, "a.nii.gz"), join(folder, "sub/b.nii.gz")],
        labels: { kind: "label-map", path: join(folder, "c.nii.gz") },
      },
    ]);
    const outside = { one: { images: ["../a.nii.gz"], label: "c.nii.gz" } };
    assert.equal(
      await codeOfFailure(findDataset(folderWith({ "dataset.json": { ...list, dataset: outside } }))),
      "T_PATH",
    );
  });

  it("reads one colour picture as the three channels of a case", async () => {
    const samples = Uint8Array.from({ length: 105 }, (_, i) => i); // red, green, blue by turns
    const folder = folderWith({
      "dataset.json": { ...list, channel_names: { "0": "R", "1": "G", "2": "B" }, file_ending: ".png" },
      "imagesTr/x_0000.png": pngFile({ width: 7, height: 5, colorType: 2, samples }),
      "labelsTr/x.png": pngFile({ width: 7, height: 5, colorType: 0, samples: new Uint8Array(35).fill(2) }),
    });
    const dataset = await findDataset(folder);
    const { channels, labels } = await loadCase(dataset, dataset.training[0]);
    assert.deepEqual(
      channels.map(({ data }) => data[4]),
      [12, 13, 14],
    );
    assert.deepEqual(labels?.data, new Uint8Array(35).fill(2));
  });

  it("names the missing key of dataset.json", async () => {
    const { file_ending: _, ...incomplete } = list;
    const error = await findDataset(folderWith({ "dataset.json": incomplete })).catch((reason: unknown) => reason);
    assert.ok(isNamedError(error));
    assert.deepEqual([error.problem.expected, error.problem.got], ["the key file_ending", "none"]);
  });
});
