import { strict as assert } from "node:assert";
import { relative } from "node:path";
import { pairCases } from "../../../pipeline/evaluate/pair-cases.ts";
import { folderWith, niftiLabels } from "../../support/dataset-files.ts";
import { bytesOf, voxelsOnSlices, written } from "../../support/written-segmentation.ts";

const labels = niftiLabels({ 1: 1 });

/** Cases of two folders made of files by these names, paths without the folders. */
async function paired(predictions: readonly string[], references: readonly string[]) {
  const filesOf = (names: readonly string[]) => folderWith(Object.fromEntries(names.map((name) => [name, labels])));
  const folders = { predictions: filesOf(predictions), references: filesOf(references) };
  const { cases, unmatched } = await pairCases(folders);
  return {
    cases: cases.map(({ case: name, reference, prediction }) => [
      name,
      prediction === undefined ? undefined : relative(folders.predictions, prediction),
      relative(folders.references, reference),
    ]),
    unmatched: unmatched.map((path) => relative(folders.predictions, path)),
  };
}

describe("pairCases", () => {
  it("pairs files of one name, sorted, and lists predictions that nobody asked for", async () => {
    const { cases, unmatched } = await paired(
      ["b.nii.gz", "a.nii.gz", "extra.nii.gz", "dataset.json"],
      ["a.nii.gz", "b.nii.gz", "c.nii.gz"],
    );
    assert.deepEqual(cases, [
      ["a", "a.nii.gz", "a.nii.gz"],
      ["b", "b.nii.gz", "b.nii.gz"],
      ["c", undefined, "c.nii.gz"],
    ]);
    assert.deepEqual(unmatched, ["extra.nii.gz"]);
  });

  it("looks past formats, letter case and the endings that programs add", async () => {
    const { cases } = await paired(
      ["liver_01_0000.nii.gz", "Liver_02-pred.nrrd", "liver_03.seg.nrrd"],
      ["liver_01_gt.nii.gz", "liver_02.mha", "liver_03_labels.nii"],
    );
    assert.deepEqual(cases, [
      ["liver_01_gt", "liver_01_0000.nii.gz", "liver_01_gt.nii.gz"],
      ["liver_02", "Liver_02-pred.nrrd", "liver_02.mha"],
      ["liver_03_labels", "liver_03.seg.nrrd", "liver_03_labels.nii"],
    ]);
  });

  it("names a case after its folder where the files' names say nothing, also in a folder of one case", async () => {
    const { cases } = await paired(
      ["a/segmentation.nii.gz", "a/segmentation.seg.nrrd", "a/montage.png", "b/segmentation.nii.gz"],
      ["a.nii.gz", "b.nii.gz"],
    );
    assert.deepEqual(cases, [
      ["a", "a/segmentation.nii.gz", "a.nii.gz"],
      ["b", "b/segmentation.nii.gz", "b.nii.gz"],
    ]);
    assert.deepEqual((await paired(["a/segmentation.nii.gz"], ["a.nii.gz"])).cases, [
      ["a", "a/segmentation.nii.gz", "a.nii.gz"],
    ]);
    assert.deepEqual((await paired(["x/one/labels.nii"], ["x/one/segmentation.nii"])).cases, [
      ["x/one", "x/one/labels.nii", "x/one/segmentation.nii"],
    ]);
  });

  it("pairs a file named by a stranger with a case by the folder that holds it alone", async () => {
    const { cases } = await paired(["patient7/1.2.840.dcm.nii.gz"], ["patient7/truth.nii.gz"]);
    assert.deepEqual(cases, [["patient7", "patient7/1.2.840.dcm.nii.gz", "patient7/truth.nii.gz"]]);
  });

  it("leaves out the images beside label maps that are named after them", async () => {
    const { cases } = await paired(
      ["12.nii.gz", "13.nii.gz"],
      ["12_data.nii.gz", "12_label.nii.gz", "13_data.nii.gz", "13_label.nii.gz"],
    );
    assert.deepEqual(
      cases.map(([, , reference]) => reference),
      ["12_label.nii.gz", "13_label.nii.gz"],
    );
  });

  it("counts every file where some that are named as labels lie among others of other cases", async () => {
    const { cases } = await paired(["a.nii.gz", "b.nii.gz"], ["a_seg.nii.gz", "b.nii.gz"]);
    assert.equal(cases.length, 2);
  });

  it("takes pictures only where there is no volume", async () => {
    assert.deepEqual((await paired(["a.png"], ["a.png"])).cases, [["a", "a.png", "a.png"]]);
    assert.deepEqual((await paired(["a.nii", "a.png"], ["a.nii"])).cases, [["a", "a.nii", "a.nii"]]);
  });

  it("pairs two files whatever they are called", async () => {
    const folder = folderWith({ "mine.nii": labels, "theirs.nii.gz": labels });
    const files = { predictions: `${folder}/mine.nii`, references: `${folder}/theirs.nii.gz` };
    const { cases } = await pairCases(files);
    assert.deepEqual(cases, [{ case: "theirs", prediction: files.predictions, reference: files.references }]);
  });

  it("takes the segmentations from folders that hold their DICOM series too, and files without an ending", async () => {
    const bytes = bytesOf(written(voxelsOnSlices({ 2: 4 })));
    const slice = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), Buffer.alloc(100)]);
    const references = folderWith({ "one/000.dcm": slice, "one/001.dcm": slice, "one/out.dcm": bytes });
    const predictions = folderWith({ "one/IM0": bytes });
    const { cases } = await pairCases({ predictions, references });
    assert.deepEqual(cases, [
      { case: "one", reference: `${references}/one/out.dcm`, prediction: `${predictions}/one/IM0` },
    ]);
  });

  it("refuses two files that could be one case, on either side", async () => {
    const cases = [
      [["a_pred.nii.gz", "a_seg.nii.gz"], ["a.nii.gz"]],
      [["a.nii.gz"], ["a_gt.nii.gz", "a-mask.nii.gz"]],
    ] as const;
    for (const [predictions, references] of cases)
      await assert.rejects(
        paired(predictions, references),
        /expected one label map per case, got .* for case a.* too\. Keep images and label maps in folders/,
      );
  });

  it("takes a single file's folder for its name where its own says nothing", async () => {
    const [predictions, references] = [
      folderWith({ "b/segmentation.nii.gz": labels }),
      folderWith({ "a.nii": labels, "b.nii": labels }),
    ];
    const { cases } = await pairCases({ predictions: `${predictions}/b/segmentation.nii.gz`, references });
    assert.deepEqual(
      cases.map((each) => [each.case, each.prediction !== undefined]),
      [
        ["a", false],
        ["b", true],
      ],
    );
  });

  it("refuses folders that share no name, and says what names they have", async () => {
    await assert.rejects(
      paired(["x1.nii"], ["y1.nii", "y2.nii"]),
      /expected a prediction named as a reference, such as y1, got none; this one goes by x1/,
    );
  });

  it("refuses a folder without label maps, and one that is not there", async () => {
    const [predictions, references] = [folderWith({ "a.nii": labels }), folderWith({ "readme.txt": "nothing" })];
    await assert.rejects(pairCases({ predictions, references }), /expected label maps, got none/);
    await assert.rejects(
      pairCases({ predictions: "/nowhere", references: "/nowhere" }),
      /a file or folder, got nothing/,
    );
  });
});
