import { strict as assert } from "node:assert";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { writerNamed } from "../../../../pipeline/io/writers.ts";
import { findDataset } from "../../../../pipeline/train/dataset/find-dataset.ts";
import { loadCase } from "../../../../pipeline/train/dataset/load-case.ts";
import type { LabelClass } from "../../../../pipeline/volume/label-class.ts";
import { volumeOf } from "../../../../pipeline/volume/volume.ts";
import { boxesVolume } from "../../../support/boxes-scan.ts";
import { folderWith } from "../../../support/dataset-files.ts";
import { seriesGrid, writtenSeries } from "../../../support/dicom-series.ts";
import { gutClasses } from "../../../support/phantom-series.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";

/** Classes of those names, numbered from 1 in this order. */
const classesNamed = (...names: readonly string[]): readonly LabelClass[] =>
  names.map((name, n) => ({ id: n + 1, name, colorRgb: gutClasses[n].colorRgb }));

/** A series in a folder, and a segmentation of some voxels by flat index. */
async function writeCase(
  folder: string,
  {
    series = "",
    classes,
    ids,
  }: { series?: string; classes: readonly LabelClass[]; ids: Readonly<Record<number, number>> },
): Promise<void> {
  await writtenSeries({ folder: join(folder, series) });
  const scan = await readScan(join(folder, series));
  const labels = volumeOf(new Uint8Array(350), seriesGrid);
  for (const [index, id] of Object.entries(ids)) labels.data[Number(index)] = id;
  const segmented = { ...scan, format: "test", channels: [labels] as const, classes };
  await writerNamed("dicom-seg").write(segmented, join(folder, "segmentation.seg.dcm"), { now: new Date(0) });
}

describe("dicomFolders", () => {
  it("numbers classes by name, where segmentations number them otherwise and leave out empty slices", async () => {
    const folder = folderWith({});
    await writeCase(join(folder, "p1"), { classes: classesNamed("stomach", "appendix"), ids: { 36: 1, 75: 2 } });
    await writeCase(join(folder, "p2"), { classes: classesNamed("appendix", "rectum"), ids: { 36: 1, 349: 2 } });
    const dataset = await findDataset(folder);
    assert.deepEqual(
      dataset.classes.map(({ id, name }) => [id, name]),
      [
        [1, "stomach"],
        [2, "appendix"],
        [3, "rectum"],
      ],
    );
    assert.deepEqual(dataset.channels, [{ name: "image", modality: "CT" }]);
    const [first, second] = await Promise.all(dataset.training.map((each) => loadCase(dataset, each)));
    const found = ({ labels }: typeof first) =>
      [...(labels?.data ?? [])].flatMap((id, i) => (id === 0 ? [] : [[i, id]]));
    assert.deepEqual(found(first), [
      [36, 1],
      [75, 2],
    ]);
    assert.deepEqual(found(second), [
      [36, 2],
      [349, 3],
    ]);
    assert.deepEqual(first.labels?.shape, [10, 5, 7]);
  });

  it("takes a folder per series as a channel, and train/ and test/ apart", async () => {
    const folder = folderWith({});
    for (const place of ["train/p1", "test/p2"]) {
      mkdirSync(join(folder, place), { recursive: true });
      await writtenSeries({ folder: join(folder, place, "adc"), modality: "MR", volume: boxesVolume(seriesGrid, []) });
      await writeCase(join(folder, place), { series: "t2", classes: classesNamed("rectum"), ids: { 36: 1 } });
    }
    const { channels, training, testing } = await findDataset(folder);
    assert.deepEqual(
      channels.map(({ name }) => name),
      ["adc", "t2"],
    );
    assert.deepEqual([training[0].id, testing[0].id], ["p1", "p2"]);
    assert.deepEqual(training[0].images, [join(folder, "train/p1/adc"), join(folder, "train/p1/t2")]);
  });

  it("refuses a segmentation of a class that the data set does not have", async () => {
    const folder = folderWith({ "classes.json": classesNamed("stomach") });
    await writeCase(join(folder, "p1"), { classes: classesNamed("stomach"), ids: { 36: 1 } });
    await writeCase(join(folder, "p2"), { classes: classesNamed("rectum"), ids: { 36: 1 } });
    const dataset = await findDataset(folder);
    assert.equal(await codeOfFailure(loadCase(dataset, dataset.training[1])), "T_LABEL_VALUES");
  });

  it("keeps a case without a segmentation, to be named later", async () => {
    const folder = folderWith({});
    await writtenSeries({ folder: join(folder, "p1") });
    await writeCase(join(folder, "p2"), { classes: classesNamed("stomach"), ids: { 36: 1 } });
    const { training } = await findDataset(folder);
    assert.deepEqual(
      training.map(({ id, labels }) => [id, labels?.kind]),
      [
        ["p1", undefined],
        ["p2", "segmentations"],
      ],
    );
  });
});
