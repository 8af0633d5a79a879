import { strict as assert } from "node:assert";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { writerNamed } from "../../../../pipeline/io/writers.ts";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { loadCase } from "../../../../pipeline/train/dataset/load-case.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { writtenSeries } from "../../../support/dicom-series.ts";
import { scanOfLabels } from "../../../support/phantom-series.ts";
import { pngFile } from "../../../support/picture-files.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";

const size = { width: 7, height: 5 } as const;
const gray = (samples: Uint8Array) => pngFile({ ...size, colorType: 0, samples });
/** A mask of the first voxels. */
const firstVoxels = (count: number) => gray(Uint8Array.from({ length: 35 }, (_, i) => (i < count ? 255 : 0)));
const picture = gray(Uint8Array.from({ length: 35 }, (_, i) => i));

describe("folderPair", () => {
  it("matches volumes by name across formats and names classes after the values that labels have", async () => {
    const folder = folderWith({
      "images/b.nii.gz": nifti(),
      "images/a.nii": nifti(),
      "images/c.nii": nifti(),
      "labels/a.nii.gz": niftiLabels({ 1: 7 }),
      "labels/b.nii": niftiLabels({ 1: 2, 2: 7 }),
      "images/readme.txt": "",
      "test/images/d.nii": nifti(),
      "test/labels/d.nii": niftiLabels({ 1: 2 }),
    });
    const dataset = await findDataset(folder);
    assert.deepEqual(
      dataset.classes.map(({ id, name }) => [id, name]),
      [
        [2, "class 2"],
        [7, "class 7"],
      ],
    );
    assert.deepEqual(dataset.channels, [{ name: "image" }]);
    assert.deepEqual(
      dataset.training.map(({ id, labels }) => [id, labels?.kind]),
      [
        ["a", "label-map"],
        ["b", "label-map"],
        ["c", undefined],
      ],
    );
    assert.deepEqual(
      dataset.testing.map(({ id, labels }) => [id, labels?.kind]),
      [["d", "label-map"]],
    );
  });

  it("takes names from classes.json, and says where it is wrong", async () => {
    const files = { "images/a.nii": nifti(), "labels/a.nii": niftiLabels({ 1: 7 }) };
    const classes = [{ id: 7, name: "liver", colorRgb: [1, 2, 3] }];
    assert.deepEqual((await findDataset(folderWith({ ...files, "classes.json": classes }))).classes, classes);
    const wrong = folderWith({ ...files, "classes.json": [{ id: 0, name: "liver", colorRgb: [1, 2, 3] }] });
    assert.equal(await codeOfFailure(findDataset(wrong)), "M_LABELS");
    const twice = folderWith({ ...files, "classes.json": [...classes, { ...classes[0], name: "spleen" }] });
    assert.equal(await codeOfFailure(findDataset(twice)), "T_NAME");
  });

  it("keeps labels without an image as a case that cannot be read", async () => {
    const folder = folderWith({
      "images/a.nii": nifti(),
      "labels/a.nii": niftiLabels({ 1: 1 }),
      "labels/z.nii": niftiLabels({}),
    });
    const dataset = await findDataset(folder);
    assert.deepEqual(
      dataset.training.map(({ id }) => id),
      ["a", "z"],
    );
    assert.equal(await codeOfFailure(loadCase(dataset, dataset.training[1])), "C_INPUT");
  });

  it("merges a folder of masks per class in the order of the classes", async () => {
    const folder = folderWith({
      "images/a.png": picture,
      "images/b.png": picture,
      "masks/polyp/a.png": firstVoxels(3),
      "masks/colon/a.png": firstVoxels(9),
      "masks/polyp/b.png": firstVoxels(1),
    });
    const dataset = await findDataset(folder);
    assert.deepEqual(
      dataset.classes.map(({ id, name }) => [id, name]),
      [
        [1, "colon"],
        [2, "polyp"],
      ],
    );
    const [a, b] = await Promise.all(dataset.training.map((each) => loadCase(dataset, each)));
    assert.deepEqual([...(a.labels?.data ?? [])].slice(0, 10), [2, 2, 2, 1, 1, 1, 1, 1, 1, 0]);
    assert.deepEqual([...(b.labels?.data ?? [])].slice(0, 3), [2, 0, 0]);
  });

  it("gives a mask named <case>_<class> to the case with the longest name that fits", async () => {
    const folder = folderWith({
      "images/a.png": picture,
      "images/a_1.png": picture,
      "labels/a_1_disc.png": firstVoxels(2),
      "labels/a_cup.png": firstVoxels(1),
    });
    const { classes, training } = await findDataset(folder);
    assert.deepEqual(
      classes.map(({ name }) => name),
      ["cup", "disc"],
    );
    assert.deepEqual(
      training.map(({ id, labels }) => [id, labels?.kind === "masks" && labels.paths.map(({ classId }) => classId)]),
      [
        ["a", [1]],
        ["a_1", [2]],
      ],
    );
  });

  it("refuses masks of a class that classes.json does not list", async () => {
    const folder = folderWith({
      "images/a.png": picture,
      "labels/polyp/a.png": firstVoxels(2),
      "classes.json": [{ id: 1, name: "colon", colorRgb: [9, 9, 9] }],
    });
    assert.equal(await codeOfFailure(findDataset(folder)), "T_CLASSES");
  });

  it("takes folders of DICOM slices as images, and their modality", async () => {
    const folder = folderWith({ "images/readme.txt": "" });
    const { volume } = await writtenSeries({ folder: join(folder, "images", "p1"), modality: "CT" });
    const labels = { ...volume, data: new Uint8Array(350).fill(4, 36, 37) };
    mkdirSync(join(folder, "labels"));
    await writerNamed("nifti").write(scanOfLabels(labels, []), join(folder, "labels", "p1.nii.gz"), {});
    const dataset = await findDataset(folder);
    assert.deepEqual(dataset.channels, [{ name: "image", modality: "CT" }]);
    const loaded = await loadCase(dataset, dataset.training[0]);
    assert.deepEqual(loaded.labels?.data, labels.data);
  });

  it("says what a name has to be where no label has the name of an image", async () => {
    const folder = folderWith({ "images/img_1.nii": nifti(), "labels/seg_1.nii": niftiLabels({ 1: 1 }) });
    assert.equal(await codeOfFailure(findDataset(folder)), "T_DATASET");
  });

  it("takes no image for a label map: more values than anyone has classes need classes.json", async () => {
    const files = { "images/a.nii": nifti(), "labels/a.nii": nifti(undefined, { dim: [3, 7, 5, 9, 1, 1, 1, 1] }) };
    assert.equal(await codeOfFailure(findDataset(folderWith(files))), "T_CLASSES");
  });

  it("finds channels and classes in the other cases where the first is damaged", async () => {
    const folder = folderWith({
      "images/a.nii": nifti().subarray(0, 400),
      "labels/a.nii": niftiLabels({}).subarray(0, 400),
      "images/b.nii": nifti(),
      "labels/b.nii": niftiLabels({ 1: 5 }),
    });
    const { channels, classes, training } = await findDataset(folder);
    assert.deepEqual([channels.length, classes.map(({ id }) => id), training.length], [1, [5], 2]);
  });

  it("refuses colour masks without classes.json, and label maps in JPEG", async () => {
    const colours = pngFile({ ...size, colorType: 2, samples: new Uint8Array(105).fill(7) });
    const coloured = folderWith({ "images/a.png": picture, "labels/a.png": colours });
    assert.equal(await codeOfFailure(findDataset(coloured)), "T_CLASSES");
    const jpeg = await sharp(new Uint8Array(35), { raw: { ...size, channels: 1 } })
      .jpeg()
      .toBuffer();
    assert.equal(
      await codeOfFailure(findDataset(folderWith({ "images/a.png": picture, "labels/a.jpg": jpeg }))),
      "T_LOSSY",
    );
  });

  it("refuses label maps of background alone", async () => {
    const folder = folderWith({ "images/a.nii": nifti(), "labels/a.nii": niftiLabels({}) });
    assert.equal(await codeOfFailure(findDataset(folder)), "T_CLASSES");
  });
});

describe("findDataset", () => {
  it("lists the kinds that it knows where there is none of them, or nothing", async () => {
    assert.equal(await codeOfFailure(findDataset(folderWith({ "a.nii": nifti() }))), "T_DATASET");
    assert.equal(await codeOfFailure(findDataset(join(folderWith({}), "absent"))), "T_DATASET");
  });
});
