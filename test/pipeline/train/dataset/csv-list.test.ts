import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { isNamedError } from "../../../../pipeline/volume/errors.ts";
import { folderWith, nifti, niftiLabels } from "../../../support/dataset-files.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";

const files = { "scans/a.nii.gz": nifti(), "labels/a.nii.gz": niftiLabels({ 1: 3 }) };
const tableIn = (table: string) => join(folderWith({ ...files, "cases.csv": table }), "cases.csv");

describe("csvList", () => {
  for (const [name, delimiter] of [
    ["commas", ","],
    ["semicolons", ";"],
    ["tabs", "\t"],
  ])
    it(`reads cases parted by ${name}, with a byte order mark, quotes, Windows line ends and columns nobody asked for`, async () => {
      const rows = [
        ["ID", "age", "image", "label", "split"],
        ["a", "70", '"scans/a.nii.gz"', "labels/a.nii.gz", ""],
        ["b", "", "scans/b.nii.gz", "", "Test"],
      ];
      const path = tableIn(`\ufeff${rows.map((row) => row.join(delimiter)).join("\r\n")}\r\n\r\n`);
      const { name, training, testing, classes } = await findDataset(path);
      assert.deepEqual(training, [
        {
          id: "a",
          images: [join(path, "../scans/a.nii.gz")],
          labels: { kind: "label-map", path: join(path, "../labels/a.nii.gz") },
        },
      ]);
      assert.deepEqual(testing, [{ id: "b", images: [join(path, "../scans/b.nii.gz")] }]);
      assert.deepEqual([name, classes.map(({ id }) => id)], ["cases", [3]]);
    });

  it("takes a channel from each image column, in their order", async () => {
    const path = tableIn("id,image_T2,image_CT,label\na,scans/a.nii.gz,scans/b.nii.gz,labels/a.nii.gz\n");
    const { channels, training } = await findDataset(path);
    assert.deepEqual(channels, [
      { name: "T2", modality: "MR" },
      { name: "CT", modality: "CT" },
    ]);
    assert.equal(training[0].images.length, 2);
  });

  it("takes whose a case is from the column patient, else from a name that says so", async () => {
    const rows = ["id,image,patient", "a,scans/a.nii.gz,Smith", "sub-7_T1w,scans/b.nii.gz,", "b,scans/c.nii.gz,"];
    const files = { "cases.csv": rows.join("\n"), "labels/a.nii.gz": niftiLabels({ 1: 3 }), "scans/a.nii.gz": nifti() };
    const table = { ...files, "classes.json": [{ id: 3, name: "liver", colorRgb: [1, 2, 3] }] };
    const { training } = await findDataset(join(folderWith(table), "cases.csv"));
    assert.deepEqual(
      training.map(({ patient }) => patient),
      ["Smith", "sub-7", undefined],
    );
  });

  for (const [what, table, code] of [
    ["a path out of its folder", "id,image,label\na,../a.nii.gz,labels/a.nii.gz\n", "T_PATH"],
    ["an absolute path", "id,image,label\na,/etc/passwd,labels/a.nii.gz\n", "T_PATH"],
    ["a table without an image column", "id,label\na,labels/a.nii.gz\n", "T_CSV"],
    ["a row with too few cells", "id,image,label\na,scans/a.nii.gz\n", "T_CSV"],
    ["a row with an empty image", "id,image,label\na,,labels/a.nii.gz\n", "T_CSV"],
    ["a split that is neither train nor test", "id,image,split\na,scans/a.nii.gz,fold3\n", "T_CSV"],
    ["a table of no rows", "id,image,label\n", "T_CSV"],
    ["an empty file", "", "T_CSV"],
    ["a quote that never ends", 'id,image,label\na,"scans', "T_CSV"],
  ])
    it(`refuses ${what} with ${code}`, async () => {
      assert.equal(await codeOfFailure(findDataset(tableIn(table))), code);
    });

  it("names the row, and nothing of what is in it", async () => {
    const error = await findDataset(tableIn("id,image,split\nDoe^Jane,scans/a.nii.gz,maybe\n")).catch(
      (reason) => reason,
    );
    assert.ok(isNamedError(error));
    assert.match(error.message, /cases\.csv row 2: /);
    assert.doesNotMatch(error.message, /Doe|maybe/);
  });
});
