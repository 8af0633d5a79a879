import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeImageNode } from "@itk-wasm/image-io";
import { Image, ImageType } from "itk-wasm";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import { asNibabelAffine } from "../../../support/nibabel.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { fileOf, readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { debianPython, requireValidator } from "../../../support/validators.ts";

const counting = Array.from({ length: 105 }, (_, i) => i - 52);
const assumed = { assumeOrientation: "SPL" } as const;

/** A 7 x 5 x 3 image of 1 x 2 x 3 mm, turned about an oblique axis. Source: FreeSurfer wiki, "MghFormat" */
function mghFile({ goodRas = 1, sides = [7, 5, 3], type = 4 } = {}): Buffer {
  const header = Buffer.alloc(284);
  for (const [i, value] of [1, ...sides, 1, type, 0].entries()) header.writeInt32BE(value, 4 * i);
  header.writeInt16BE(goodRas, 28);
  const cosines = [0.96, 0.28, 0, -0.28, 0.96, 0, 0, 0, 1]; // x_ras, y_ras, z_ras
  for (const [i, value] of [1, 2, 3, ...cosines, 10.5, -20, 30].entries()) header.writeFloatBE(value, 30 + 4 * i);
  const voxels = Buffer.alloc(210);
  for (const [i, value] of counting.entries()) voxels.writeInt16BE(value, 2 * i);
  return Buffer.concat([header, voxels]);
}

/** Source: ITK, itkGiplImageIO.cxx: big endian, 256 bytes of header. */
function giplFile(): Buffer {
  const header = Buffer.alloc(256);
  for (const [i, side] of [7, 5, 3, 1].entries()) header.writeUInt16BE(side, 2 * i);
  header.writeUInt16BE(15, 8); // signed short
  for (const [i, mm] of [1, 2, 3, 0].entries()) header.writeFloatBE(mm, 10 + 4 * i);
  header.writeUInt32BE(0xefffe9b0, 252);
  const voxels = Buffer.alloc(210);
  for (const [i, value] of counting.entries()) voxels.writeInt16BE(value, 2 * i);
  return Buffer.concat([header, voxels]);
}

describe("itkFormat", () => {
  for (const [name, bytes] of [
    ["scan.mgh", mghFile()],
    ["scan.mgz", gzipSync(mghFile())],
  ] as const)
    it(`places ${name} of FreeSurfer where nibabel does`, async function () {
      requireValidator(this, "nibabel");
      const { channels, warnings } = await readBytes(bytes, name);
      const script = "import json, sys, nibabel; print(json.dumps(nibabel.load(sys.argv[1]).affine.ravel().tolist()))";
      const { stdout } = spawnSync(debianPython, ["-c", script, fileOf(bytes, name)], { encoding: "utf8" });
      assertAllClose(asNibabelAffine(channels[0].indexToLps.rows), JSON.parse(stdout), { abs: 1e-5 });
      assert.deepEqual([...channels[0].data], counting);
      assert.deepEqual([channels[0].shape, warnings], [[3, 5, 7], []]);
    }).timeout(10_000);

  it("reads GIPL, which says no orientation, where the user states one", async () => {
    assert.equal(await refusalCodeOf(giplFile(), "scan.gipl"), "ITK_NO_ORIENT");
    const scan = await readBytes(giplFile(), "scan.gipl", assumed);
    assert.deepEqual([...scan.channels[0].data], counting);
    assert.deepEqual(scan.channels[0].indexToLps.rows, [0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual(warningCodesOf(scan), ["ITK_NO_ORIENT"]);
  });

  it("reads ITK's HDF5 with its oblique directions", async () => {
    const path = join(temporaryFolder(), "scan.hdf5");
    const image = new Image(new ImageType(3, "int16", "Scalar", 1));
    image.size = [7, 5, 3];
    image.spacing = [1, 2, 3];
    image.origin = [10.5, -20, 30];
    image.direction = Float64Array.of(0.96, -0.28, 0, 0.28, 0.96, 0, 0, 0, 1);
    image.data = Int16Array.from(counting);
    await writeImageNode(image, path);
    const { channels } = await readScan(path);
    assert.deepEqual([...channels[0].data], counting);
    const rows = [0, -0.56, 0.96, 10.5, 0, 1.92, 0.28, -20, 3, 0, 0, 30, 0, 0, 0, 1];
    assertAllClose(channels[0].indexToLps.rows, rows, { abs: 1e-12 });
    const bytes = readFileSync(path);
    for (const share of [0.3, 0.7, 0.98])
      await assert.rejects(readBytes(bytes.subarray(0, bytes.length * share), "scan.h5"), { name: "FormatError" });
  }).timeout(10_000);

  it("refuses FreeSurfer files whose directions do not count", async () => {
    assert.equal(await refusalCodeOf(mghFile({ goodRas: 0 }), "scan.mgh"), "ITK_NO_ORIENT");
  });

  it("refuses 1 GB in 494 bytes before they are taken", async () => {
    const limits = { ...defaultLimits, volumeBytes: 2 ** 40, childBytes: 600 * 2 ** 20 };
    const bytes = mghFile({ sides: [1024, 1024, 512] });
    assert.equal(await refusalCodeOf(bytes, "scan.mgh", { limits }), "ITK_DATA_SHORT");
  });

  it("refuses more voxels than allowed", async () => {
    const limits = { ...defaultLimits, volumeBytes: 100 };
    assert.equal(await refusalCodeOf(mghFile(), "scan.mgh", { limits }), "ITK_TOO_BIG");
  });

  it("refuses other content under these names", async () => {
    for (const name of ["scan.mgz", "scan.gipl", "scan.h5"])
      assert.equal(await refusalCodeOf(Buffer.from("nothing of the kind"), name), "ITK_HEADER");
  });

  it("refuses HDF5 that holds no image", async () => {
    const bytes = Buffer.concat([Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), Buffer.alloc(600)]);
    assert.equal(await refusalCodeOf(bytes, "scan.h5"), "ITK_READ");
  });

  it("refuses each file cut short", async () => {
    for (const [name, bytes] of [
      ["scan.mgh", mghFile()],
      ["scan.gipl", giplFile()],
      ["scan.mgz", gzipSync(mghFile())],
    ] as const)
      for (const share of [0.3, 0.7, 0.98])
        await assert.rejects(readBytes(bytes.subarray(0, bytes.length * share), name, assumed), {
          name: "FormatError",
        });
  });

  it("lists what it will read", async () => {
    const { scans } = await findScans([fileOf(mghFile(), "a.mgh")]);
    assert.deepEqual(
      scans.map(({ format, summary }) => [format, summary.shape, summary.voxelType, summary.encoding]),
      [["itk", [3, 5, 7], "int16", "MGH"]],
    );
  });
});
