import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readScan } from "../../pipeline/io/read-scan.ts";
import type { LabelMap } from "../../pipeline/volume/volume.ts";
import { runCli } from "../support/cli.ts";
import { hippocampusBundle } from "../support/hippocampus-bundle.ts";
import { nibabelFactsOf } from "../support/nibabel.ts";
import { assertAllClose, assertClose } from "../support/numbers.ts";
import { comparedByPydicom, dciodvfyErrors } from "../support/segmentation-peers.ts";
import { sharedData } from "../support/shared-data.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { requireValidator } from "../support/validators.ts";

describe("rarevox segment of a real DICOM series", function () {
  this.timeout(60_000);
  let folder: string;
  before(async function () {
    const series = sharedData(this, "data/dicom/hippocampus-crop-1");
    const bundle = hippocampusBundle(this);
    const out = temporaryFolder();
    const formats = "nifti,dicom-seg,nrrd,metaimage,json,csv,png";
    const flags = ["--bundle", bundle, "--out", out, "--device", "cpu", "--formats", formats];
    const { code, stderr } = await runCli(["segment", series, ...flags]);
    assert.equal(code, 0, stderr);
    folder = join(out, "hippocampus-crop-1");
  });

  it("writes every format, and finds 1 to 3 ml in each half of the hippocampus @slow", () => {
    assert.equal(readdirSync(folder).length, 8);
    const { classes } = JSON.parse(readFileSync(join(folder, "measurements.json"), "utf8"));
    for (const { name, millilitres } of classes)
      assert.ok(millilitres > 1 && millilitres < 3, `${name} ${millilitres}`);
  });

  it("gives the NIfTI the DICOM's geometry, as nibabel and dcm2niix see it @slow", function () {
    requireValidator(this, "nibabel");
    requireValidator(this, "dcm2niix");
    const converted = temporaryFolder();
    const series = sharedData(this, "data/dicom/hippocampus-crop-1");
    spawnSync("dcm2niix", ["-f", "scan", "-o", converted, series]);
    const [ours, theirs] = nibabelFactsOf([join(folder, "segmentation.nii.gz"), join(converted, "scan.nii")]);
    // Our rows run from anterior to posterior, dcm2niix's the other way: our last row is its first.
    assert.deepEqual(ours.shape, theirs.shape);
    const lastRow = [0, 1, 2].map((row) => ours.affine[4 * row + 1] * (ours.shape[1] - 1) + ours.affine[4 * row + 3]);
    assertAllClose(
      lastRow,
      [0, 1, 2].map((row) => theirs.affine[4 * row + 3]),
      { abs: 1e-4 },
    );
    for (const column of [0, 2])
      for (const row of [0, 1, 2])
        assertClose(ours.affine[4 * row + column], theirs.affine[4 * row + column], { abs: 1e-4 });
    assert.deepEqual(ours.codes, [1, 1]);
    assert.equal(ours.intent, 1002);
  });

  it("writes a DICOM SEG in which dciodvfy finds no error, and that pydicom decodes to the same voxels @slow", async function () {
    requireValidator(this, "dciodvfy");
    requireValidator(this, "pydicom");
    const path = join(folder, "segmentation.seg.dcm");
    assert.deepEqual(dciodvfyErrors(path, "Segmentation"), []);
    const { classes = [] } = await readScan(path);
    const { channels } = await readScan(join(folder, "segmentation.nii.gz"));
    const data = Uint8Array.from(channels[0].data);
    const labels: LabelMap = { ...channels[0], data };
    const { different, set } = comparedByPydicom(path, labels, classes);
    assert.equal(different, 0);
    assert.equal(set, data.filter((label) => label !== 0).length);
  });
});
