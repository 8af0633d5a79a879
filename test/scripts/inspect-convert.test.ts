import { strict as assert } from "node:assert";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readScan } from "../../pipeline/io/read-scan.ts";
import { writerNamed } from "../../pipeline/io/writers.ts";
import { boxesVolume, mrScan, straightGrid } from "../support/boxes-scan.ts";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function scanFile(): Promise<string> {
  const path = join(temporaryFolder(), "scan.nii.gz");
  const box = { start: [1, 2, 3], stop: [4, 9, 11] } as const;
  const volume = boxesVolume(straightGrid([5, 12, 17], [3, 2, 1]), [{ box, intensity: -77 }]);
  await writerNamed("nifti").write(mrScan(volume), path, {});
  return path;
}

describe("rarevox inspect", function () {
  this.timeout(20_000);

  it("shows shape, spacing and axes of a scan as a table", async () => {
    const { code, stdout } = await runCli(["inspect", await scanFile()]);
    assert.equal(code, 0);
    assert.match(stdout, /5 × 12 × 17 +│ 3\.000 × 2\.000 × 1\.000 +│ SPL/);
  });

  it("gives the same as JSON, and exits with 3 when something was refused", async () => {
    const good = await scanFile();
    const bad = join(temporaryFolder(), "page.nii.gz");
    writeFileSync(bad, "<!DOCTYPE html><title>Log in</title>");
    const { code, stdout } = await runCli(["inspect", good, bad, "--json"]);
    assert.equal(code, 3);
    const { scans, refusals } = JSON.parse(stdout);
    assert.deepEqual(scans[0].summary.spacingMm, [3, 2, 1]);
    assert.equal(refusals.length, 1);
  });

  it("exits with 2 when a path does not exist", async () => {
    const { code, stderr } = await runCli(["inspect", join(temporaryFolder(), "nothing")]);
    assert.equal(code, 2, stderr);
  });
});

describe("rarevox convert", function () {
  this.timeout(20_000);

  it("turns NIfTI into NIfTI with the same voxels and matrix", async () => {
    const source = await scanFile();
    const target = join(temporaryFolder(), "copy.nii");
    const { code, stderr } = await runCli(["convert", source, target]);
    assert.equal(code, 0, stderr);
    const [before, after] = [await readScan(source), await readScan(target)];
    assert.deepEqual(after.channels[0].data, before.channels[0].data);
    assert.deepEqual(after.channels[0].indexToLps.rows, before.channels[0].indexToLps.rows);
  });

  it("refuses an ending that nothing writes with 2, and names the endings that are", async () => {
    const folder = temporaryFolder();
    const { code, stderr } = await runCli(["convert", await scanFile(), join(folder, "scan.docx")]);
    assert.equal(code, 2);
    assert.match(stderr, /\.nii\.gz/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("says which class ids it would need for a DICOM SEG of unnamed labels", async () => {
    const { code, stderr } = await runCli(["convert", await scanFile(), join(temporaryFolder(), "labels.seg.dcm")]);
    assert.ok(code === 2 || code === 3, String(code));
    assert.doesNotMatch(stderr, /\n +at /);
  });
});
