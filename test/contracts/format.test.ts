import { strict as assert } from "node:assert";
import { copyFileSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { dicomSegmentationWriter } from "../../pipeline/io/dicom-seg/write-segmentation.ts";
import { dicomSeriesWriter } from "../../pipeline/io/dicom-write/write-series.ts";
import { formats } from "../../pipeline/io/formats.ts";
import { readScan } from "../../pipeline/io/read-scan.ts";
import type { ScanWriter } from "../../pipeline/io/scan-format.ts";
import { writerFor, writerNamed, writers } from "../../pipeline/io/writers.ts";
import { isNamedError } from "../../pipeline/volume/errors.ts";
import type { Scan } from "../../pipeline/volume/scan.ts";
import { gridDistanceMm, type VoxelArray, volumeOf } from "../../pipeline/volume/volume.ts";
import { assertAllClose } from "../support/numbers.ts";
import { gutClasses, obliqueGrid, originOnGrid, scanOfLabels } from "../support/phantom-series.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const grid = obliqueGrid([5, 7, 9], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});
const count = 5 * 7 * 9;

/** What a format keeps of a place within a metre: single precision in NIfTI, 16 characters of text in DICOM. */
const PLACE_TOLERANCE_MM = 1e-4;

const images: readonly VoxelArray[] = [
  Int16Array.from({ length: count }, (_, i) => 37 * i - 1024),
  Uint8Array.from({ length: count }, (_, i) => i % 256),
  Uint16Array.from({ length: count }, (_, i) => 200 * i),
  Float32Array.from({ length: count }, (_, i) => i * 1.25 - 7),
];

const imageScans = images.map(
  (data): Scan => ({ format: "test", channels: [volumeOf(data, grid)], modality: "CT", warnings: [], inputs: [] }),
);

const labels = volumeOf(
  Uint8Array.from({ length: count }, (_, i) => i % 6),
  grid,
);
const labelScan = scanOfLabels(labels, gutClasses, originOnGrid(grid));

/** What a writer is made for: images, labels or both. */
function scansFor({ name }: ScanWriter): readonly Scan[] {
  if (name === dicomSegmentationWriter.name) return [labelScan];
  return name === dicomSeriesWriter.name ? imageScans : [...imageScans, labelScan];
}

/** A path that the writer is chosen for. */
function pathFor({ extensions }: ScanWriter, ending = extensions[0]): string {
  return join(temporaryFolder(), ending === "/" ? "scan" : `scan${ending}`);
}

describe("every writer", () => {
  for (const writer of writers) {
    it(`${writer.name}: is chosen by its name and by each of its endings`, () => {
      assert.equal(writerNamed(writer.name), writer);
      for (const ending of writer.extensions) assert.equal(writerFor(pathFor(writer, ending)), writer);
    });

    it(`${writer.name}: gives back what was written, as each of its endings, found by content`, async () => {
      for (const ending of writer.extensions)
        for (const scan of scansFor(writer)) {
          const path = pathFor(writer, ending);
          const warned: string[] = [];
          const written = await writer.write(scan, path, { warn: ({ code }) => warned.push(code) });
          const back = await readScan(written.length === 1 ? renamed(written[0]) : path);
          assert.equal(back.format, writer.name);
          assert.ok(gridDistanceMm(back.channels[0], grid) <= PLACE_TOLERANCE_MM);
          const { data } = scan.channels[0];
          const abs = warned.includes("W_ROUNDED") ? (data[count - 1] - data[0]) / 65_535 : 0;
          assertAllClose(back.channels[0].data, data, { abs });
        }
    }).timeout(10_000);

    it(`${writer.name}: refuses its file when the end of it is missing`, async () => {
      for (const share of [0, 0.2, 0.5, 0.9, 0.99]) {
        const path = pathFor(writer);
        const written = await writer.write(scansFor(writer)[0], path, {});
        const victim = written[written.length >> 1];
        truncateSync(victim, Math.floor(readFileSync(victim).length * share));
        await assert.rejects(readScan(path), isNamedError, `${share} of the file was read`);
      }
    }).timeout(10_000);

    it(`${writer.name}: refuses two channels and leaves nothing`, async () => {
      const [scan] = scansFor(writer);
      const path = pathFor(writer);
      const twice: Scan = { ...scan, channels: [scan.channels[0], scan.channels[0]] };
      await assert.rejects(writer.write(twice, path, {}), isNamedError);
      assert.deepEqual(readdirSync(dirname(path)), []);
    });
  }
});

describe("every format", () => {
  for (const format of formats) {
    it(`${format.name}: recognises nothing in no bytes, in zeros and in text`, () => {
      for (const head of [new Uint8Array(0), new Uint8Array(1024), Buffer.from("hello, world")])
        assert.equal(format.recognises(head, "scan"), false);
    });

    it(`${format.name}: refuses files of its endings that hold something else`, async () => {
      for (const ending of format.extensions) {
        const path = join(temporaryFolder(), `scan${ending}`);
        copyFileSync(process.execPath, path);
        truncateSync(path, 5000);
        await assert.rejects(readScan(path), isNamedError);
      }
    });
  }
});

describe("writerFor", () => {
  it("refuses other endings and lists the right ones", () => {
    assert.throws(() => writerFor("scan.xyz"), {
      name: "ConfigError",
      message: /\.nii\.gz .*\.nrrd .*, got "scan\.xyz"/,
    });
  });

  it("takes an ending in upper case, and a path without one for a folder of slices", () => {
    assert.equal(writerFor("SCAN.NII.GZ").name, "nifti");
    assert.equal(writerFor("out/series").name, "dicom");
    assert.equal(writerFor("out.v2/").name, "dicom");
  });
});

describe("writerNamed", () => {
  it("refuses an unknown name and lists the known ones", () => {
    assert.throws(() => writerNamed("analyze"), {
      name: "ConfigError",
      message: /one of nifti, nrrd, .*, got "analyze"/,
    });
  });
});

/** The same file under a name that says nothing. */
function renamed(path: string): string {
  const plain = join(dirname(path), "renamed");
  copyFileSync(path, plain);
  return plain;
}
