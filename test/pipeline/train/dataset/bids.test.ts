import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { badIn, type DatasetFiles, firstLabels, madeUpDatasets, without } from "../../../support/made-up-datasets.ts";

const files: DatasetFiles = madeUpDatasets["BIDS with segmentations below derivatives/"];
const manual = "derivatives/manual";

/** What reading such a folder is refused for. */
async function refusalOf(changed: DatasetFiles) {
  const error = await findDataset(folderWith(changed)).catch((reason: unknown) => reason);
  assert.ok(isNamedError(error), String(error));
  return error.problem;
}

describe("bids", () => {
  it("pairs segmentations with the images that they are named after, and keeps subjects together", async () => {
    const folder = folderWith(files);
    const { name, license, channels, training, testing } = await findDataset(folder);
    assert.deepEqual([name, license, channels], ["Brains", "CC0", [{ name: "T1w", modality: "MR" }]]);
    assert.deepEqual(
      training.map(({ id, patient }) => [id, patient]),
      [
        ["sub-01_ses-1", "sub-01"],
        ["sub-01_ses-2", "sub-01"],
        ["sub-02_run-1", "sub-02"],
      ],
    );
    assert.deepEqual(training[1].images, [join(folder, "sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz")]);
    assert.deepEqual(testing, [{ id: "sub-03", images: [join(folder, "sub-03/anat/sub-03_T1w.nii.gz")] }]);
  });

  it("takes numbers, names and colours of classes from the pipeline's dseg.tsv", async () => {
    const { classes } = await findDataset(folderWith(files));
    assert.deepEqual(
      classes.map(({ id, name }) => [id, name]),
      [
        [11, "Brainstem"],
        [100, "Gray Matter"],
      ],
    );
    assert.deepEqual(classes[1].colorRgb, [0xff, 0x53, 0xbb]);
    assert.deepEqual(await firstLabels(files, { count: 5 }), [0, 0, 100, 11, 0]);
  });

  it("takes them from the table beside each segmentation, or from BIDS' common labels", async () => {
    const tables = ["sub-01/ses-1/anat/sub-01_ses-1_space-orig", "sub-02/anat/sub-02_run-1_seg-mine"];
    const beside = Object.fromEntries(tables.map((each) => [`${manual}/${each}_dseg.tsv`, "index\tname\n7\tLesion\n"]));
    const bare = without(files, `${manual}/dseg.tsv`);
    const namesOf = async (changed: DatasetFiles) =>
      (await findDataset(folderWith(changed))).classes.map(({ id, name }) => `${id} ${name}`);
    assert.deepEqual(await namesOf({ ...bare, ...beside }), ["7 Lesion"]);
    const common = await namesOf(bare);
    // BIDS 1.10, common image-derived labels: 1 gray matter … 11 cerebellum
    assert.deepEqual(
      [common.length, common[0], common[6], common[10]],
      [11, "1 gray matter", "7 lesion", "11 cerebellum"],
    );
    const [first] = Object.keys(beside);
    const problem = await refusalOf({ ...bare, ...beside, [first]: "index\tname\n7\tTumour\n" });
    assert.deepEqual([problem.code, problem.got], ["T_DATASET", "different ones"]);
  });

  it("takes every suffix that all segmented images have for a channel, or that of the segmentation's space", async () => {
    const more = Object.fromEntries(
      [1, 2].map((n) => [`sub-01/ses-${n}/anat/sub-01_ses-${n}_T2w.nii.gz`, nifti((i) => i + n)]),
    );
    const suffixesOf = async (changed: DatasetFiles) =>
      (await findDataset(folderWith(changed))).channels.map(({ name }) => name);
    assert.deepEqual(await suffixesOf({ ...files, ...more }), ["T1w", "T2w"]);
    const spaces = Object.fromEntries(
      Object.entries({ ...files, ...more }).map(([name, content]) => [
        name.replace("space-orig", "space-T2w").replace("seg-mine", "space-T2w_seg-mine"),
        content,
      ]),
    );
    assert.deepEqual(await suffixesOf(spaces), ["T2w"]);
  });

  it("names a segmentation without its image, and numbers that the table does not list", async () => {
    assert.deepEqual(await badIn(without(files, "sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz")), [
      ["sub-01_ses-2", "C_INPUT"],
    ]);
    const odd = { ...files, [`${manual}/sub-02/anat/sub-02_run-1_seg-mine_dseg.nii.gz`]: niftiLabels({ 4: 5 }) };
    assert.deepEqual(await badIn(odd), [["sub-02_run-1", "T_LABEL_VALUES"]]);
  });

  const segmentations = Object.keys(files).filter((name) => name.endsWith("_dseg.nii.gz"));
  const other = "derivatives/freesurfer/sub-01/ses-1/anat/sub-01_ses-1_dseg.nii.gz";
  const second = `${manual}/sub-02/anat/sub-02_run-1_seg-yours_dseg.nii.gz`;
  for (const [what, changed, code, got] of [
    ["no segmentations", without(files, ...segmentations), "T_DATASET", /^none$/],
    ["segmentations of two pipelines", { ...files, [other]: niftiLabels({}) }, "T_DATASET", /freesurfer, manual/],
    ["two segmentations of an image", { ...files, [second]: niftiLabels({}) }, "T_DATASET", /several of sub-02_run-1/],
    [
      "a table without names",
      { ...files, [`${manual}/dseg.tsv`]: "index\tlabel\n1\tGM\n" },
      "T_CLASSES",
      /index, label/,
    ],
    ["a number that is none", { ...files, [`${manual}/dseg.tsv`]: "index\tname\nIV\tGM\n" }, "T_CLASSES", /IV/],
    [
      "a colour that is none",
      { ...files, [`${manual}/dseg.tsv`]: "index\tname\tcolor\n1\tGM\tred\n" },
      "T_CLASSES",
      /red/,
    ],
    ["a ragged table", { ...files, [`${manual}/dseg.tsv`]: "index\tname\n1\n" }, "T_CSV", /CSV_/],
    [
      "a description without a name",
      { ...files, "dataset_description.json": '{"BIDSVersion": "1.10.0"}' },
      "T_DATASET",
      /./,
    ],
  ] as const)
    it(`refuses ${what}`, async () => {
      const problem = await refusalOf(changed);
      assert.equal(problem.code, code);
      assert.match(problem.got, got);
    });
});
