import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { readScan } from "../../../pipeline/io/read-scan.ts";
import { type Engine, openEngine } from "../../../pipeline/runtime/engine.ts";
import { segmentScan } from "../../../pipeline/segment-scan.ts";
import { measurementsCsv } from "../../../pipeline/stages/deliver/measurements.ts";
import { deliver } from "../../../pipeline/stages/deliver.ts";
import type { Segmentation } from "../../../pipeline/stages/segmentation.ts";
import { boxesVolume, mrScan, straightGrid } from "../../support/boxes-scan.ts";
import { levelBundle, levels } from "../../support/level-bundle.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("deliver", function () {
  this.timeout(20_000);
  let engine: Engine;
  let segmentation: Segmentation;
  before(async () => {
    engine = await openEngine({ device: "cpu" });
    const grid = straightGrid([5, 12, 17], [3, 2, 1]);
    const box = { start: [1, 2, 3], stop: [4, 9, 11] } as const;
    const scan = mrScan(boxesVolume(grid, [{ box, intensity: levels.liver }]));
    segmentation = await segmentScan(scan, await levelBundle(), { engine });
  });
  after(() => engine.close());

  it("writes label map, measurements, picture and provenance into a folder of their own", async () => {
    const folder = join(temporaryFolder(), "case");
    await deliver(segmentation, folder);
    assert.deepEqual(readdirSync(folder).sort(), [
      "measurements.csv",
      "measurements.json",
      "montage.png",
      "provenance.json",
      "segmentation.nii.gz",
    ]);
    const { channels } = await readScan(join(folder, "segmentation.nii.gz"));
    assert.deepEqual([...channels[0].data], [...segmentation.labels.data]);
    assert.deepEqual(channels[0].indexToLps.rows, segmentation.labels.indexToLps.rows);
    const { classes, warnings } = JSON.parse(readFileSync(join(folder, "measurements.json"), "utf8"));
    assert.equal(classes[0].voxels, 3 * 7 * 8);
    assert.deepEqual(
      warnings.map(({ code }: { code: string }) => code),
      ["W_NO_DICOM"],
    );
    const { width, height, channels: colours } = await sharp(join(folder, "montage.png")).metadata();
    assert.ok(width > 300 && height > 200 && colours === 3);
  });

  it("records the hash of every output and input, but neither paths nor names", async () => {
    const folder = join(temporaryFolder(), "case");
    await deliver(segmentation, folder, { formats: ["json"] });
    const text = readFileSync(join(folder, "provenance.json"), "utf8");
    const { outputs, input } = JSON.parse(text);
    const bytes = readFileSync(join(folder, "measurements.json"));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    assert.deepEqual(outputs, [{ path: "measurements.json", bytes: bytes.length, sha256 }]);
    assert.deepEqual(input.files, [{ bytes: 7, sha256: "ab".repeat(32) }]);
    assert.doesNotMatch(text, /Doe|scans/);
  });

  it("leaves the DICOM SEG out with W_NO_DICOM where there is no series, and refuses it when asked for by name", async () => {
    const { warnings } = await deliver(segmentation, join(temporaryFolder(), "case"));
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["W_NO_DICOM"],
    );
    const asked = deliver(segmentation, join(temporaryFolder(), "case"), { formats: ["dicom-seg"] });
    await assert.rejects(asked, /expected a DICOM series to refer to, got a scan read from nifti. Pass --reference/);
  });

  it("refuses a folder that holds results already, and replaces them whole when told to", async () => {
    const folder = join(temporaryFolder(), "case");
    await deliver(segmentation, folder);
    await assert.rejects(deliver(segmentation, folder), /expected no results there yet, got 5 files/);
    await deliver(segmentation, folder, { formats: ["csv"], existing: "replace" });
    assert.deepEqual(readdirSync(folder).sort(), ["measurements.csv", "provenance.json"]);
    assert.deepEqual(readdirSync(join(folder, "..")), ["case"]);
  });

  it("O1 never removes files that rarevox did not write", async () => {
    const folder = join(temporaryFolder(), "case");
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.docx"), "years of work");
    await assert.rejects(deliver(segmentation, folder, { existing: "replace" }), /never removed/);
    assert.deepEqual(readdirSync(folder), ["thesis.docx"]);
  });

  it("keeps the former result when writing the new one is interrupted", async () => {
    const folder = join(temporaryFolder(), "case");
    await deliver(segmentation, folder, { formats: ["csv"] });
    const stopped = deliver(segmentation, folder, { existing: "replace", signal: AbortSignal.abort() });
    await assert.rejects(stopped, { name: "AbortError" });
    assert.deepEqual(readdirSync(folder).sort(), ["measurements.csv", "provenance.json"]);
    assert.deepEqual(readdirSync(join(folder, "..")), ["case"]);
  });

  it("lists the legal names when a format is unknown", async () => {
    await assert.rejects(
      deliver(segmentation, join(temporaryFolder(), "case"), { formats: ["docx"] }),
      /expected names out of nifti, dicom-seg, nrrd, metaimage, json, csv, png, got "docx"/,
    );
  });
});

describe("measurementsCsv", () => {
  it("keeps a class name that looks like a formula from being one, and negative numbers numbers", () => {
    const [header, row] = measurementsCsv([
      {
        id: 3,
        name: "=cmd",
        voxels: 1,
        millilitres: 0.5,
        intensity: null,
        boxVoxels: { start: [1, 2, 3], stop: [2, 3, 4] },
        boxLpsMm: null,
        centroidLpsMm: [-1.5, 0, 2],
      },
    ]).split("\n");
    assert.match(header, /^id,name,voxels,millilitres,intensity_mean,/);
    assert.equal(row, "3,'=cmd,1,0.5,,,,,,,,,,1,2,2,3,3,4,-1.5,0,2");
  });
});
