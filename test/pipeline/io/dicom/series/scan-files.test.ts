import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chooseScan } from "../../../../../pipeline/io/choose-scan.ts";
import { findScans } from "../../../../../pipeline/io/find-scans.ts";
import { closeParsingPool } from "../../../../../pipeline/io/parsing-pool.ts";
import { writerNamed } from "../../../../../pipeline/io/writers.ts";
import { randomFrom } from "../../../../../pipeline/volume/random.ts";
import { type Grid, volumeOf } from "../../../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../../../support/boxes-scan.ts";
import { codesOf, foundIn, readFound, readOnly, writtenSeries } from "../../../../support/dicom-series.ts";
import { type DicomEdits, editDicom } from "../../../../support/edited-dicom.ts";
import { requireValidator } from "../../../../support/validators.ts";
import { volumeByIndex } from "../../../../support/volume-by-index.ts";

const PIXELS = "7fe0,0010";

/** Puts a file beside a series that is one of its slices, changed. */
function addFile(folder: string, source: string, name: string, edits: DicomEdits): string {
  const path = join(folder, name);
  copyFileSync(source, path);
  editDicom(path, edits);
  return path;
}

describe("scanFiles, in folders of series and other files", () => {
  after(closeParsingPool);

  it("S18 ignores a DICOMDIR and what it names", async () => {
    const { folder, files } = await writtenSeries();
    const path = addFile(folder, files[0], "DICOMDIR", {
      "0002,0002": "1.2.840.10008.1.3.10",
      "0008,0016": undefined,
      "0004,1220": { vr: "SQ", bytes: directoryRecord("..\\..\\..\\etc\\passwd") },
      [PIXELS]: undefined,
    });
    const { scans, refusals, skipped } = await findScans([folder]);
    assert.deepEqual(new Set(scans[0].files), new Set(files));
    assert.deepEqual(skipped, [{ path, reason: "a DICOMDIR" }]);
    assert.deepEqual(refusals, []);
  });

  it("S29 skips reports, structure sets, display states and what systems leave behind, each by name", async () => {
    const { folder, files, volume } = await writtenSeries();
    const others = { SR: "88.11", RTSTRUCT: "481.3", PR: "11.1" };
    for (const [modality, sopClass] of Object.entries(others)) {
      const uid = `1.2.840.10008.5.1.4.1.1.${sopClass}`;
      const sopUids = { "0002,0002": uid, "0008,0016": uid, "0008,0018": `2.25.${sopClass}` };
      addFile(folder, files[0], `${modality}.dcm`, { ...sopUids, "0008,0060": modality, [PIXELS]: undefined });
    }
    writeFileSync(join(folder, ".DS_Store"), "\0\0\0\x01Bud1");
    writeFileSync(join(folder, "Thumbs.db"), "\xd0\xcf\x11\xe0");
    const { scans, refusals, skipped } = await findScans([folder]);
    assert.deepEqual(refusals, []);
    assert.deepEqual(skipped.map(({ path, reason }) => `${path.slice(folder.length + 1)}: ${reason}`).sort(), [
      ".DS_Store: hidden or system file",
      "PR.dcm: not an image (PR)",
      "RTSTRUCT.dcm: not an image (RTSTRUCT)",
      "SR.dcm: not an image (SR)",
      "Thumbs.db: hidden or system file",
    ]);
    assert.deepEqual((await readFound(scans[0])).channels[0].data, volume.data);
  });

  it("S29 lists a segmentation beside the series and takes the series", async () => {
    const { folder, volume } = await writtenSeries();
    const scan = await readOnly(folder);
    const labels = volumeOf(
      Uint8Array.from(volume.data, (_, i) => Number(i < 40)),
      volume,
    );
    const classes = [{ id: 1, name: "liver", colorRgb: [200, 0, 0] as const }];
    await writerNamed("dicom-seg").write({ ...scan, channels: [labels], classes }, join(folder, "seg.dcm"), {});
    const listing = await findScans([folder]);
    assert.deepEqual(new Set(listing.scans.map(({ format }) => format)), new Set(["dicom", "dicom-seg"]));
    assert.equal(chooseScan(listing, { input: folder }).format, "dicom");
  });

  it("S34 warns S_NOT_PRIMARY of secondary captures, single-frame and multi-frame", async () => {
    for (const sopClass of ["7", "7.3"]) {
      const { folder, files } = await writtenSeries();
      for (const file of files) editDicom(file, { "0008,0016": `1.2.840.10008.5.1.4.1.1.${sopClass}` });
      assert.deepEqual(codesOf(await foundIn(folder)), ["S_NOT_PRIMARY"]);
      assert.deepEqual(codesOf(await readOnly(folder)), ["S_NOT_PRIMARY"]);
    }
  });

  it("S28 reads frames in many fragments without an offset table", async function () {
    requireValidator(this, "dcmtk");
    const { folder, files, volume } = await writtenSeries({ volume: noiseOn(straightGrid([3, 61, 67], [3, 2, 1])) });
    for (const file of files)
      execFileSync("dcmcjpeg", ["--fragment-size", "1", "--offset-table-empty", "--uid-never", file, file]);
    const dump = execFileSync("dcmdump", ["+L", files[0]], { encoding: "utf8" });
    // The offset table, empty, and more than one fragment.
    assert.match(dump, /\(fffe,e000\) pi \(no value available\)/);
    assert.ok(dump.split("(fffe,e000) pi").length > 4);
    assert.deepEqual((await readOnly(folder)).channels[0].data, volume.data);
  });
});

function noiseOn(grid: Grid) {
  const random = randomFrom("fragments");
  return volumeByIndex(grid, () => random.integer(-1000, 1000));
}

/** An item with a Referenced File ID. */
function directoryRecord(fileId: string): Buffer {
  const name = Buffer.from(fileId.length % 2 === 0 ? fileId : `${fileId} `);
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0, 0x04, 0x00, 0x00, 0x15, 0x43, 0x53, 0, 0]);
  head.writeUInt32LE(8 + name.length, 4);
  head.writeUInt16LE(name.length, 14);
  return Buffer.concat([head, name]);
}
