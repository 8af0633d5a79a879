import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { loadCase } from "../../../../pipeline/train/dataset/load-case.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";
import { sharedData } from "../../../support/shared-data.ts";

const list = {
  name: "Spleens",
  licence: "CC-BY-SA 4.0",
  reference: "Somewhere 2020",
  tensorImageSize: "3D",
  modality: { "0": "CT" },
  labels: { "0": "background", "10": "tumour", "2": "spleen" },
  training: [
    { image: "./imagesTr/b.nii.gz", label: "./labelsTr/b.nii.gz" },
    { image: "./imagesTr/a.nii.gz", label: "./labelsTr/a.nii.gz" },
  ],
  test: ["./imagesTs/c.nii.gz", "./imagesTs/d.nii.gz"],
};

describe("msd", () => {
  it("gives classes by id, channels, cases in the list's order, and labels of test images where somebody has them", async () => {
    const folder = folderWith({ "dataset.json": list, "labelsTs/c.nii.gz": niftiLabels({}) });
    const found = await findDataset(folder);
    assert.deepEqual(
      [found.name, found.license, found.reference, found.channels, found.classes.map(({ id, name }) => [id, name])],
      [
        "Spleens",
        "CC-BY-SA 4.0",
        "Somewhere 2020",
        [{ name: "CT", modality: "CT" }],
        [
          [2, "spleen"],
          [10, "tumour"],
        ],
      ],
    );
    assert.deepEqual(
      found.training.map(({ id }) => id),
      ["b", "a"],
    );
    assert.deepEqual(found.training[0].images, [join(folder, "imagesTr/b.nii.gz")]);
    assert.deepEqual(
      found.testing.map(({ labels }) => labels),
      [{ kind: "label-map", path: join(folder, "labelsTs/c.nii.gz") }, undefined],
    );
  });

  it("reads the volumes of a 4-D image as channels, and refuses one volume more or less", async () => {
    const volumes = (count: number) =>
      nifti((index) => 100 * Math.floor(index / 105) + (index % 105), { dim: [4, 7, 5, 3, count, 1, 1, 1] });
    const folder = folderWith({
      "dataset.json": {
        ...list,
        modality: { "0": "FLAIR", "1": "T1w" },
        training: ["two", "three", "one"].map((name) => ({ image: `${name}.nii.gz`, label: "labels.nii.gz" })),
      },
      "two.nii.gz": volumes(2),
      "three.nii.gz": volumes(3),
      "one.nii.gz": volumes(1),
      "labels.nii.gz": niftiLabels({ 3: 2 }),
    });
    const dataset = await findDataset(folder);
    assert.deepEqual(dataset.channels, [
      { name: "FLAIR", modality: "MR" },
      { name: "T1w", modality: "MR" },
    ]);
    const { channels } = await loadCase(dataset, dataset.training[0]);
    assert.deepEqual(
      channels.map(({ data }) => [data.length, data[0], data[104]]),
      [
        [105, 0, 104],
        [105, 100, 204],
      ],
    );
    for (const bad of [1, 2]) assert.equal(await codeOfFailure(loadCase(dataset, dataset.training[bad])), "T_CHANNELS");
  });

  for (const image of ["../other/a.nii.gz", "/etc/passwd", ".", "imagesTr/../../a.nii.gz"])
    it(`refuses the path ${image}, which leads out of the folder`, async () => {
      const folder = folderWith({ "dataset.json": { ...list, training: [{ image, label: "a.nii.gz" }] } });
      assert.equal(await codeOfFailure(findDataset(folder)), "T_PATH");
    });

  it("names the file, the place in it, what was found and what is allowed", async () => {
    const folder = folderWith({ "dataset.json": { ...list, training: [{ image: "a.nii.gz", label: 7 }] } });
    const error = await findDataset(folder).catch((reason: unknown) => reason);
    assert.ok(isNamedError(error));
    const { where, got, expected } = error.problem;
    assert.deepEqual(
      [where, got, expected],
      [`${join(folder, "dataset.json")}#/training/0/label`, "7", "a value that must be string"],
    );
  });

  for (const [what, changes] of [
    ["a class without a name", { labels: { "0": "background", "1": " " } }],
    ["a class name of two lines", { labels: { "0": "background", "1": "a\nb" } }],
    ["two classes of one name", { labels: { "0": "background", "1": "tumour", "2": "tumour" } }],
    ["no class", { labels: { "0": "background" } }],
    ["a channel without a name", { modality: { "0": "" } }],
    ["a case that is called ..", { training: [{ image: "imagesTr/...nii", label: "a.nii" }] }],
  ] as const)
    it(`refuses ${what}`, async () => {
      const found = findDataset(folderWith({ "dataset.json": { ...list, ...changes } }));
      assert.equal(await codeOfFailure(found), "T_NAME");
    });

  it("names a syntax error of dataset.json instead of taking the folder for something else", async () => {
    const folder = folderWith({ "dataset.json": '{"modality": ', "images/a.nii": nifti(), "labels/a.nii": nifti() });
    assert.equal(await codeOfFailure(findDataset(folder)), "T_DATASET");
  });

  // Counted with nibabel 5 and numpy.bincount over labelsTr and labelsTs.
  for (const [name, training, testing, counts] of [
    ["hippocampus", 208, 12, [13_067_844, 379_805, 347_437]],
    ["cardiac", 160, 0, [19_695_212, 241_707, 266_309, 253_332]],
  ] as const)
    it(`reads every case of ${name}, with as many voxels of each class as nibabel counts @slow`, async function () {
      this.timeout(120_000);
      const dataset = await findDataset(sharedData(this, `data/${name}`));
      assert.deepEqual([dataset.training.length, dataset.testing.length], [training, testing]);
      const found = counts.map(() => 0);
      for (const each of [...dataset.training, ...dataset.testing]) {
        const { labels, channels } = await loadCase(dataset, each);
        assert.deepEqual(labels?.shape, channels[0].shape);
        for (const id of labels?.data ?? []) found[id]++;
      }
      assert.deepEqual(found, counts);
    });
});
