import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { spacingMmOf } from "../../../../pipeline/volume/affine.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import { niftiFile } from "../../../support/nifti-file.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { floatTiff, pngFile } from "../../../support/picture-files.ts";
import { readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const gray = Uint8Array.from({ length: 35 }, (_, i) => 7 * i);
const wide = () => Uint16Array.from({ length: 35 }, (_, i) => 1800 * i);
const size = { width: 7, height: 5 } as const;

describe("rasterFormat", () => {
  it("reads 8-bit gray PNG as one slice of 1 mm, and says that the size is a guess", async () => {
    const scan = await readBytes(pngFile({ ...size, colorType: 0, samples: gray }), "picture.png");
    assert.deepEqual([scan.format, scan.channels.length, scan.channels[0].shape], ["raster", 1, [1, 5, 7]]);
    assert.deepEqual(scan.channels[0].data, gray);
    assert.deepEqual(scan.channels[0].indexToLps.rows, [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual(warningCodesOf(scan), ["P_SPACING"]);
  });

  it("reads 16-bit gray PNG exactly, with the pixel size that it states in metres", async () => {
    const bytes = pngFile({ ...size, colorType: 0, samples: wide(), pixelsPerMetre: [4000, 2000] });
    const { channels, warnings } = await readBytes(bytes, "picture.png");
    assert.deepEqual(channels[0].data, wide());
    assert.deepEqual([spacingMmOf(channels[0].indexToLps), warnings], [[1, 0.5, 0.25], []]);
  });

  it("reads colour as three channels and leaves out opacity with a warning", async () => {
    const samples = Uint8Array.from({ length: 140 }, (_, i) => i); // red, green, blue, opacity
    const scan = await readBytes(pngFile({ ...size, colorType: 6, samples }), "picture.png");
    for (const [channel, { data }] of scan.channels.entries())
      assert.deepEqual(
        [...data],
        Array.from({ length: 35 }, (_, i) => 4 * i + channel),
      );
    assert.deepEqual([scan.channels.length, ...warningCodesOf(scan)], [3, "P_ALPHA", "P_SPACING"]);
  });

  for (const [unit, mm] of [
    [2, 25.4],
    [3, 10],
  ])
    it(`reads single-precision TIFF with 40 by 20 pixels in ${mm} mm`, async () => {
      const samples = Float32Array.from({ length: 35 }, (_, i) => i / 4 - 3);
      const { channels, warnings } = await readBytes(floatTiff(samples, { ...size, unit }), "picture.tif");
      assert.deepEqual(channels[0].data, samples);
      assertAllClose(spacingMmOf(channels[0].indexToLps), [1, mm / 20, mm / 40], { rel: 1e-12 });
      assert.deepEqual(warnings, []);
    });

  it("takes 1 mm where a TIFF has a ratio but no unit", async () => {
    const scan = await readBytes(floatTiff(Float32Array.from(gray), { ...size, unit: 1 }), "picture.tif");
    assert.deepEqual(warningCodesOf(scan), ["P_SPACING"]);
  });

  it("reads JPEG within its losses", async () => {
    const bytes = await sharp(Buffer.alloc(35, 100), { raw: { ...size, channels: 1 } })
      .jpeg()
      .toBuffer();
    const { channels } = await readBytes(bytes, "picture.jpg");
    assertAllClose(channels[0].data, new Uint8Array(35).fill(100), { abs: 2 });
  });

  it("reads a picture by its content under another name", async () => {
    const { format } = await readBytes(pngFile({ ...size, colorType: 0, samples: gray }), "picture.dat");
    assert.equal(format, "raster");
  });

  it("refuses truncated pictures of each kind", async () => {
    const jpeg = await sharp(Buffer.from(gray), { raw: { ...size, channels: 1 } })
      .jpeg()
      .toBuffer();
    const png = pngFile({ ...size, colorType: 0, samples: gray });
    const tiff = floatTiff(Float32Array.from(gray), { ...size, unit: 2 });
    for (const [name, bytes] of [
      ["a.jpg", jpeg],
      ["a.png", png],
      ["a.tif", tiff],
    ] as const)
      for (const share of [0, 0.3, 0.6]) {
        const code = await refusalCodeOf(bytes.subarray(0, bytes.length * share), name);
        assert.ok(["P_PICTURE", "P_EMPTY"].includes(code), `${name} ${share}: ${code}`);
      }
  });

  it("refuses 40,000 x 40,000 pixels in a few bytes from the header alone", async () => {
    const bytes = pngFile({ ...size, colorType: 0, samples: gray });
    bytes.writeUInt32BE(40_000, 16);
    bytes.writeUInt32BE(40_000, 20);
    const limits = { ...defaultLimits, volumeBytes: 2 ** 30 };
    const code = await refusalCodeOf(bytes, "bomb.png", { limits });
    assert.ok(["P_TOO_BIG", "P_PICTURE"].includes(code), code); // libpng may meet the wrong checksum first
  });

  it("refuses formats that the picture library could read but nobody asked for", async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>');
    assert.equal(await refusalCodeOf(svg, "picture.png"), "P_PICTURE");
  });

  it("skips pictures beside volumes, but not one that was asked for", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "scan.nii"), niftiFile());
    const picture = join(folder, "preview.png");
    writeFileSync(picture, pngFile({ ...size, colorType: 0, samples: gray }));
    const beside = await findScans([folder]);
    assert.deepEqual(
      [beside.scans.map(({ id }) => id), beside.skipped.map(({ path }) => path)],
      [["scan.nii"], [picture]],
    );
    const asked = await findScans([folder, picture]);
    assert.deepEqual(asked.scans.map(({ id }) => id).sort(), ["preview.png", "scan.nii"]);
  });
});
