import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dicomSegFormat } from "../../../../pipeline/io/dicom-seg/dicom-seg-format.ts";
import { writeDicomSegmentation } from "../../../../pipeline/io/dicom-seg/write-segmentation.ts";
import { writeDicomSeries } from "../../../../pipeline/io/dicom-write/write-series.ts";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { niftiWriter } from "../../../../pipeline/io/nifti/write-nifti.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import type { LabelClass } from "../../../../pipeline/volume/label-class.ts";
import { placeOnGrid } from "../../../../pipeline/volume/place-on-grid.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import type { Scan } from "../../../../pipeline/volume/scan.ts";
import { type LabelMap, volumeOf } from "../../../../pipeline/volume/volume.ts";
import {
  gutClasses,
  obliqueGrid,
  originOnGrid,
  randomLabels,
  reorderings,
  scanOfLabels,
} from "../../../support/phantom-series.ts";
import { codeOfFailure, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";
import {
  comparedByPydicom,
  dciodvfyErrors,
  type PydicomSegmentation,
  segmentationByPydicom,
} from "../../../support/segmentation-peers.ts";
import { sharedData, skip } from "../../../support/shared-data.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { debianPython, requireValidator } from "../../../support/validators.ts";

const grid = obliqueGrid([5, 23, 38], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});
const ids = gutClasses.map(({ id }) => id);
const labels = randomLabels(grid, { random: randomFrom(5), ids });
const now = new Date("2026-01-02T03:04:05Z");

/** The first marked slice, an empty one, the last: ids 2 and 4 on slices 1 and 3. */
const apart = (() => {
  const map = volumeOf(new Uint8Array(labels.data.length), grid);
  map.data.fill(2, 1 * 874 + 100, 1 * 874 + 110);
  map.data.fill(4, 3 * 874 + 300, 3 * 874 + 301);
  return map;
})();

async function written(map: LabelMap, encoding: "binary" | "labelmap" = "binary", classes = gutClasses) {
  const path = join(temporaryFolder(), "a.seg.dcm");
  const scan = scanOfLabels(map, classes, originOnGrid(grid));
  await writeDicomSegmentation(scan, path, { segmentation: { encoding }, now });
  return path;
}

/** The labels that were read, on the grid of what was written, as names. */
function namesOn({ channels: [found], classes = [] }: Scan, target: LabelMap): readonly (string | undefined)[] {
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  return Array.from(placeOnGrid(found as LabelMap, target, "test").data, (id) => nameOf.get(id));
}

function namesOf({ data }: LabelMap, classes: readonly LabelClass[] = gutClasses): readonly (string | undefined)[] {
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  return Array.from(data, (id) => nameOf.get(id));
}

describe("dicomSegFormat", () => {
  it("is found by content, and told apart from an image that refers to a segmentation", async () => {
    const head = readFileSync(await written(labels)).subarray(0, 1024);
    assert.ok(dicomSegFormat.recognises(head, "x"));
    const uid = "1.2.840.10008.5.1.4.1.1.66.4";
    const image = Buffer.from(head.toString("latin1").replaceAll(uid, "1.2.840.10008.5.1.4.1.1.2\0\0\0"), "latin1");
    assert.ok(!dicomSegFormat.recognises(image, "x"));
    const reference = Buffer.concat([image, Buffer.from(`\x08\0\x50\x11UI\x1c\0${uid}`, "latin1")]);
    assert.ok(!dicomSegFormat.recognises(reference, "x"));
  });

  it("lists grid, classes and encoding without decoding a pixel", async () => {
    const path = await written(apart);
    const { scans, refusals } = await findScans([path]);
    assert.deepEqual(refusals, []);
    assert.equal(scans.length, 1);
    assert.match(scans[0].id, /^2\.25\.\d+$/);
    const { shape, modality, voxelType, description, encoding } = scans[0].summary;
    assert.deepEqual([shape, modality, voxelType], [[3, 23, 38], "SEG", "uint8"]);
    assert.deepEqual([description, encoding], ["BINARY, 2 classes: duodenum, cecum", "Explicit VR Little Endian"]);
  });

  for (const encoding of ["binary", "labelmap"] as const)
    it(`gives back a ${encoding} segmentation, and writes what it read again, without its series`, async function () {
      requireValidator(this, "pydicom");
      requireValidator(this, "dciodvfy");
      for (const map of [labels, apart]) {
        const scan = await readScan(await written(map, encoding));
        assert.deepEqual(namesOn(scan, map), namesOf(map));
        assert.deepEqual([scan.warnings, scan.modality], [[], "SEG"]);
        const again = join(temporaryFolder(), "again.seg.dcm");
        await writeDicomSegmentation(scan, again, { now });
        assert.deepEqual(dciodvfyErrors(again, "Segmentation"), []);
        assert.equal(comparedByPydicom(again, map, gutClasses).different, 0);
      }
    });

  it("remembers which image each frame was made from", async () => {
    const { dicom } = await readScan(await written(apart));
    assert.deepEqual(
      dicom?.slices.map((slice) => slice?.sopInstanceUid),
      ["2.25.5002", undefined, "2.25.5004"],
    );
    assert.deepEqual([dicom?.seriesInstanceUid, dicom?.frameOfReferenceUid], ["2.25.2001", "2.25.3001"]);
    assert.deepEqual(dicom?.attributes.PatientName, ["Phantom^Jörg"]);
  });

  it("refuses labels on a slice whose image only the series knows", async () => {
    const scan = await readScan(await written(apart));
    const full = { ...scan, channels: [{ ...scan.channels[0], data: scan.channels[0].data.map(() => 2) }] as const };
    const path = join(temporaryFolder(), "b.seg.dcm");
    assert.equal(await codeOfFailure(writeDicomSegmentation(full as unknown as Scan, path)), "W_REFERENCE");
    assert.ok(!existsSync(path));
  });

  it("keeps 300 classes of a LABELMAP, with ids up to 900", async function () {
    requireValidator(this, "pydicom");
    const type = { scheme: "SCT", value: "10200004", meaning: "Liver" };
    const classes = Array.from({ length: 300 }, (_, i): LabelClass => {
      return { id: 3 * i + 3, name: `part ${i}`, colorRgb: [i % 256, 9, 8], type };
    });
    const many = volumeOf(
      Uint16Array.from({ length: labels.data.length }, (_, i) => 3 * (i % 301)),
      grid,
    );
    const path = await written(many, "labelmap", classes);
    assert.equal(comparedByPydicom(path, many, classes).different, 0);
    const scan = await readScan(path);
    assert.ok(scan.channels[0].data instanceof Uint16Array);
    assert.deepEqual(scan.channels[0].data, many.data);
  });

  const foreign: readonly PydicomSegmentation[] = [
    { kind: "BINARY", syntax: "implicit" },
    { kind: "BINARY", syntax: "explicit" },
    { kind: "FRACTIONAL", syntax: "rle" },
    { kind: "LABELMAP", syntax: "explicit" },
    { kind: "LABELMAP", syntax: "rle" },
  ];
  for (const { kind, syntax } of foreign)
    it(`reads a ${kind} segmentation that pydicom wrote: ${syntax}`, async function () {
      requireValidator(this, "pydicom");
      const path = join(temporaryFolder(), "foreign.dcm");
      segmentationByPydicom(path, labels, { kind, syntax, classes: gutClasses });
      const scan = await readScan(path);
      assert.deepEqual(namesOn(scan, labels), namesOf(labels));
      assert.deepEqual(warningCodesOf(scan), kind === "FRACTIONAL" ? ["L_FRACTIONAL"] : []);
      assert.equal(scan.dicom, undefined);
    });

  it("reads 16-bit ids that pydicom compressed", async function () {
    requireValidator(this, "pydicom");
    const classes = gutClasses.map((each) => ({ ...each, id: 1000 * each.id }));
    const wide = volumeOf(
      Uint16Array.from(labels.data, (id) => 1000 * id),
      grid,
    );
    const path = join(temporaryFolder(), "foreign.dcm");
    segmentationByPydicom(path, wide, { kind: "LABELMAP", syntax: "rle", classes });
    assert.deepEqual((await readScan(path)).channels[0].data, wide.data);
  });

  it("warns that it took the smallest step where slices are missing and the file states none", async function () {
    requireValidator(this, "pydicom");
    const gap = volumeOf(
      labels.data.map((_, i) => ([0, 1, 4].includes(Math.floor(i / 874)) && i % 7 === 0 ? 1 : 0)),
      grid,
    );
    const path = join(temporaryFolder(), "foreign.dcm");
    segmentationByPydicom(path, gap, { kind: "BINARY", syntax: "explicit", classes: gutClasses });
    const scan = await readScan(path);
    assert.deepEqual(warningCodesOf(scan), ["L_STEP"]);
    assert.deepEqual(namesOn(scan, gap), namesOf(gap));
  });

  describe("a file that 3D Slicer wrote", () => {
    it("D90 is refused with D_FRAMES_BAD as pydicom ships it: three functional groups, one frame", async function () {
      assert.equal(await refusalCodeOf(readFileSync(slicerFile(this)), "liver.dcm"), "D_FRAMES_BAD");
    });

    it("comes as pydicom decodes it once its groups are as many as its frames", async function () {
      const path = join(temporaryFolder(), "liver.dcm");
      const script = `
import pydicom, sys
dataset = pydicom.dcmread(sys.argv[1])
dataset.NumberOfFrames = 1
dataset.PerFrameFunctionalGroupsSequence = dataset.PerFrameFunctionalGroupsSequence[:1]
dataset.save_as(sys.argv[2])
print(int(dataset.pixel_array.sum()))`;
      const { stdout } = spawnSync(debianPython, ["-c", script, slicerFile(this), path], { encoding: "utf8" });
      const scan = await readScan(path);
      const [{ data, shape }] = scan.channels;
      assert.deepEqual(shape, [1, 512, 512]);
      assert.equal(data.filter((id) => id === 1).length, Number(stdout));
      assert.ok(Number(stdout) > 1000);
      assert.deepEqual(
        scan.classes?.map(({ name, type }) => [name, type]),
        [["Liver", { scheme: "SRT", value: "T-62000", meaning: "Liver" }]],
      );
      assert.equal(scan.dicom?.slices.length, 1);
    });
  });

  describe("with labels from a NIfTI file and a series as the reference", () => {
    it("gives every voxel its slice, for all 48 orders and directions of the axes @slow", async function () {
      this.timeout(120_000);
      const series = join(temporaryFolder(), "series");
      const image = volumeOf(Int16Array.from(labels.data), grid);
      await writeDicomSeries({ ...scanOfLabels(labels, []), channels: [image], modality: "CT" }, series);
      const { dicom: reference } = await readScan(series);
      assert.ok(reference !== undefined);
      for (const map of reorderings(labels)) {
        const folder = temporaryFolder();
        await niftiWriter.write(scanOfLabels(map, gutClasses), join(folder, "labels.nii"), {});
        const nifti = await readScan(join(folder, "labels.nii"));
        const path = join(folder, "a.seg.dcm");
        await writeDicomSegmentation({ ...nifti, classes: gutClasses }, path, { reference, now });
        assert.deepEqual(namesOn(await readScan(path), labels), namesOf(labels));
      }
    });

    it("keeps all 31 classes of a real CT, as pydicom sees them, in both encodings @slow", async function () {
      this.timeout(120_000);
      requireValidator(this, "dciodvfy");
      requireValidator(this, "pydicom");
      const { dicom: reference } = await readScan(sharedData(this, "data/dicom/ct-abdomen"));
      const nifti = await readScan(sharedData(this, "data/dicom/ct-abdomen-reference/segmentation.nii.gz"));
      const [map] = nifti.channels as readonly [LabelMap];
      const type = { scheme: "SCT", value: "10200004", meaning: "Liver" };
      const classes = [...new Set(map.data)]
        .filter((id) => id > 0)
        .map((id): LabelClass => ({ id, name: `part ${id}`, colorRgb: [id, 0, 0], type }));
      assert.equal(classes.length, 31);
      assert.ok(reference !== undefined);
      for (const encoding of ["binary", "labelmap"] as const) {
        const path = join(temporaryFolder(), "a.seg.dcm");
        await writeDicomSegmentation({ ...nifti, classes }, path, { reference, segmentation: { encoding }, now });
        if (encoding === "binary") assert.deepEqual(dciodvfyErrors(path, "Segmentation"), []);
        const compared = comparedByPydicom(path, map, classes);
        assert.deepEqual([compared.different, compared.distanceMm < 1e-3], [0, true]);
        assert.deepEqual(namesOn(await readScan(path), map), namesOf(map, classes));
      }
    });
  });
});

/** A segmentation of one frame that 3D Slicer made; it comes with pydicom. */
function slicerFile(context: Mocha.Context): string {
  requireValidator(context, "pydicom");
  const path = "/usr/lib/python3/dist-packages/pydicom/data/test_files/liver_1frame.dcm";
  if (!existsSync(path)) skip(context, "pydicom came without its test files");
  return path;
}
