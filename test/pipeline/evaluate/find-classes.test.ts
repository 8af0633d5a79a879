import { strict as assert } from "node:assert";
import { join } from "node:path";
import { findClasses } from "../../../pipeline/evaluate/find-classes.ts";
import { folderWith, niftiLabels } from "../../support/dataset-files.ts";
import { labelsAt, writeLabels } from "../../support/label-files.ts";
import { gutClasses, obliqueGrid } from "../../support/phantom-series.ts";
import { repositoryRoot } from "../../support/shared-data.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** The classes that a list holds. */
async function listed(content: object | string) {
  const folder = folderWith({ "list.json": content });
  const { classes, ignoreLabel } = await findClasses({
    path: join(folder, "list.json"),
    references: folder,
    files: [],
  });
  return { classes, ignoreLabel };
}

const liverAndSpleen = [
  { id: 1, name: "liver" },
  { id: 7, name: "spleen" },
];

describe("findClasses", () => {
  it("reads nnU-Net's, the Decathlon's and rarevox's lists, and the bare ones inside them", async () => {
    const lists = [
      { channel_names: { 0: "CT" }, labels: { background: 0, liver: 1, spleen: 7 }, numTraining: 3 },
      { modality: { 0: "CT" }, labels: { 0: "background", 1: "liver", 7: "spleen" } },
      { background: 0, liver: 1, spleen: 7 },
      { 0: "background", 1: "liver", 7: "spleen" },
      { schema: "rarevox-bundle/1", classes: liverAndSpleen.map((each) => ({ ...each, colorRgb: [1, 2, 3] })) },
      liverAndSpleen,
    ];
    for (const list of lists) assert.deepEqual((await listed(list)).classes, liverAndSpleen);
  });

  it("reads the classes of a bundle that ships with rarevox", async () => {
    const path = new URL("models/zoo/hippocampus/bundle.json", repositoryRoot).pathname;
    const { classes } = await findClasses({ path, references: path, files: [] });
    assert.deepEqual(classes, [
      { id: 1, name: "anterior hippocampus" },
      { id: 2, name: "posterior hippocampus" },
    ]);
  });

  it("reads nnU-Net's regions, of one label too, and its ignore label", async () => {
    const labels = { background: 0, "whole tumour": [1, 2, 3], core: [2, 3], enhancing: [3], ignore: 4 };
    const { classes, ignoreLabel } = await listed({ labels, regions_class_order: [1, 2, 3] });
    assert.deepEqual(
      classes.map(({ name, labels, id }) => [name, labels ?? id]),
      [
        ["whole tumour", [1, 2, 3]],
        ["core", [2, 3]],
        ["enhancing", 3],
      ],
    );
    assert.equal(ignoreLabel, 4);
    assert.equal(new Set(classes.map(({ id }) => id)).size, 3);
    assert.ok(classes.slice(0, 2).every(({ id }) => id > 65535));
  });

  it("refuses lists that are broken, empty or ambiguous, and names the place", async () => {
    const wrong: readonly (readonly [object | string, RegExp])[] = [
      ['{"labels": {"liver": "one"}}', /list\.json#\/labels\/liver: expected/],
      [{ labels: { liver: -1 } }, /#\/labels\/liver: expected/],
      [{ labels: { background: 0, ignore: 3 } }, /expected labels other than background and ignore, got none/],
      [{ labels: { liver: 1, spleen: 1 } }, /expected a name and a number of its own for each class, got 1 twice/],
      [{ labels: { 1: "liver", 2: "liver" } }, /got liver twice/],
      [[{ id: 1 }], /#\/0: expected the key name/],
      ["[", /expected JSON, got a syntax error/],
    ];
    for (const [list, message] of wrong) await assert.rejects(listed(list), message);
    await assert.rejects(
      findClasses({ path: "/nowhere.json", references: "/", files: [] }),
      /\/nowhere\.json: expected a JSON file that lists the classes, got nothing/,
    );
  });

  it("finds dataset.json in or beside the references' folder", async () => {
    const list = { labels: { background: 0, liver: 1, spleen: 7 } };
    const folder = folderWith({ "dataset.json": list, "labelsTr/a.nii": niftiLabels({ 1: 3 }) });
    for (const references of [folder, join(folder, "labelsTr"), join(folder, "labelsTr")]) {
      const found = await findClasses({ references, files: [] });
      assert.deepEqual([found.classes, found.list], [liverAndSpleen, join(folder, "dataset.json")]);
    }
  });

  it("names the labels that it finds by number, without the one to ignore, and passes over files it cannot read", async () => {
    const folder = folderWith({
      "a.nii": niftiLabels({ 1: 7, 2: 255 }),
      "b.nii": niftiLabels({ 5: 1 }),
      "c.nii": "not a NIfTI file",
    });
    const files = ["a.nii", "b.nii", "c.nii"].map((name) => join(folder, name));
    const seen: number[] = [];
    const onFile = (done: number) => seen.push(done);
    const { classes, ignoreLabel, list } = await findClasses({ references: folder, files, ignoreLabel: 255, onFile });
    assert.deepEqual(classes, [
      { id: 1, name: "label 1" },
      { id: 7, name: "label 7" },
    ]);
    assert.deepEqual([ignoreLabel, seen, list], [255, [1, 2, 3], undefined]);
  });

  it("takes the names that DICOM SEGs give their segments", async () => {
    const grid = obliqueGrid([7, 5, 9], { spacingMm: [3, 2, 1], angles: [0.3, -0.2, 0.1], originXyz: [0, 0, 0] });
    const folder = temporaryFolder();
    const path = await writeLabels(join(folder, "a.seg.dcm"), labelsAt(grid, { 5: 1, 90: 3 }), gutClasses);
    const { classes } = await findClasses({ references: folder, files: [path] });
    // The file describes the segments that hold something.
    assert.deepEqual(classes, [
      { id: 1, name: "stomach" },
      { id: 2, name: "appendix" },
    ]);
  });

  it("refuses references without a label, and images", async () => {
    const empty = folderWith({ "a.nii": niftiLabels({}) });
    const request = { references: empty, files: [join(empty, "a.nii")] };
    await assert.rejects(findClasses(request), /expected label maps with labels other than 0, got none/);
    const image = folderWith({
      "a.nii": niftiLabels(Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [i, i])), {
        dim: [3, 11, 10, 10],
      }),
    });
    await assert.rejects(
      findClasses({ references: image, files: [join(image, "a.nii")] }),
      /expected label maps of at most 1024 labels, got 1099, as images have/,
    );
  });
});
