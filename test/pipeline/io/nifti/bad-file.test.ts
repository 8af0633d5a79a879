import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { labelMapOf } from "../../../../pipeline/volume/label-map.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import { countingInt16, niftiFile } from "../../../support/nifti-file.ts";
import { codeOfFailure, fileOf, readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const good = niftiFile();
const deflated = gzipSync(good);
const MIB = 2 ** 20;

/** The same bytes but for one. */
function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] ^= 0x55;
  return copy;
}

/** An image of single-precision voxels, 105 of them. */
function floatFile(valueAt: (i: number) => number): Buffer {
  const values = Float32Array.from({ length: 105 }, (_, i) => valueAt(i));
  return niftiFile({ datatype: 16, bitpix: 32 }, new Uint8Array(values.buffer));
}

/** 64-bit whole numbers, all 0 but the first. */
function longFile(first: bigint): Buffer {
  const values = new BigInt64Array(105);
  values[0] = first;
  return niftiFile({ datatype: 1024, bitpix: 64 }, new Uint8Array(values.buffer));
}

interface RefusedFile {
  readonly row: string;
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly name?: string;
  readonly code: string;
}

const refused: readonly RefusedFile[] = [
  { row: "N01", what: "an empty file", bytes: Buffer.alloc(0), code: "N_EMPTY" },
  { row: "N02", what: "347 bytes", bytes: good.subarray(0, 347), code: "N_SHORT_HEADER" },
  {
    row: "N02",
    what: "a NIfTI-2 header cut short",
    bytes: niftiFile({ version: 2 }).subarray(0, 539),
    code: "N_SHORT_HEADER",
  },
  { row: "N03", what: "a header alone", bytes: good.subarray(0, 348), code: "N_DATA_SHORT" },
  { row: "N04", what: "352 bytes", bytes: good.subarray(0, 352), code: "N_DATA_SHORT" },
  { row: "N04", what: "voxels short of one byte", bytes: good.subarray(0, -1), code: "N_DATA_SHORT" },
  { row: "N44", what: "NaN and Infinity", bytes: floatFile((i) => [NaN, -Infinity][i] ?? i), code: "N_NONFINITE" },
  {
    row: "N47",
    what: "a gzip file cut inside",
    bytes: deflated.subarray(0, -40),
    name: "a.nii.gz",
    code: "N_GZ_TRUNC",
  },
  { row: "N48", what: "a wrong checksum", bytes: flipped(deflated, -8), name: "a.nii.gz", code: "N_GZ_CRC" },
  { row: "N49", what: "a wrong length", bytes: flipped(deflated, -4), name: "a.nii.gz", code: "N_GZ_LENGTH" },
  { row: "N50", what: "no trailer", bytes: deflated.subarray(0, -8), name: "a.nii.gz", code: "N_GZ_TRUNC" },
  {
    row: "N51",
    what: "junk behind gzip",
    bytes: Buffer.concat([deflated, Buffer.from("junk")]),
    name: "a.nii.gz",
    code: "N_GZ_TRAIL",
  },
  { row: "N53", what: "gzip in gzip", bytes: gzipSync(deflated), name: "a.nii.gz", code: "N_GZ_TWICE" },
  {
    row: "N56",
    what: "70 KB more than declared in gzip",
    bytes: gzipSync(Buffer.concat([good, Buffer.alloc(70_000)])),
    name: "a.nii.gz",
    code: "N_GZ_TRAIL",
  },
  {
    row: "N64",
    what: "a Git LFS pointer",
    bytes: Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
    name: "a.nii.gz",
    code: "F_LFS_POINTER",
  },
  {
    row: "N65",
    what: "a web page",
    bytes: Buffer.from("<!DOCTYPE html>\n<html><body>Please log in</body></html>"),
    name: "a.nii.gz",
    code: "F_WEB_PAGE",
  },
];

describe("NIfTI files that are refused", () => {
  for (const { row, what, bytes, name = "scan.nii", code } of refused)
    it(`${row} refuses ${what} with ${code}`, async () => assert.equal(await refusalCodeOf(bytes, name), code));

  it("N44 names how many voxels are no numbers", async () => {
    const path = fileOf(
      floatFile((i) => [NaN, -Infinity][i] ?? i),
      "scan.nii",
    );
    await assert.rejects(readScan(path), { message: /: expected finite voxels, got 2 that are NaN or infinite\. / });
  });

  it("N56 refuses 256 MiB of zeros behind the voxels, deflated to 256 KB, within a second", async () => {
    const bomb = gzipSync(Buffer.concat([good, Buffer.alloc(256 * MIB)]), { level: 1 });
    await readBytes(deflated, "warm.nii.gz"); // a child is there
    const start = performance.now();
    assert.equal(await refusalCodeOf(bomb, "bomb.nii.gz"), "N_GZ_TRAIL");
    assert.ok(performance.now() - start < 1000);
  }).timeout(20_000);

  it("N57 refuses 4 GiB in a small gzip file from the header alone", async () => {
    const bytes = gzipSync(niftiFile({ dim: [3, 2048, 1024, 1024, 1, 1, 1, 1] }, Buffer.alloc(8 * MIB)));
    assert.equal(await refusalCodeOf(bytes, "bomb.nii.gz"), "N_DATA_SHORT");
  });

  it("N57 refuses a volume beyond the limit that the file could hold", async () => {
    const limits = { ...defaultLimits, volumeBytes: 100 };
    assert.equal(await refusalCodeOf(deflated, "scan.nii.gz", { limits }), "N_TOO_BIG");
  });

  it("N66 refuses whole numbers beyond 2^53 with N_TYPE", async () => {
    assert.equal(await refusalCodeOf(longFile(2n ** 53n + 2n), "labels.nii"), "N_TYPE");
  });

  it("N66 refuses class ids above 65535 and below 0 with L_RANGE", async () => {
    for (const id of [65536n, -1n]) {
      const { channels } = await readBytes(longFile(id), "labels.nii");
      assert.throws(() => labelMapOf(channels[0], "labels.nii"), { problem: { ...L_RANGE, got: rangeOf(id) } });
    }
  });

  it("N68 refuses class ids between whole numbers with L_NOT_INTEGER", async () => {
    const { channels } = await readBytes(
      floatFile((i) => i / 2),
      "labels.nii",
    );
    assert.throws(
      () => labelMapOf(channels[0], "labels.nii"),
      (error: Error & { problem?: { code: string } }) => {
        return error.problem?.code === "L_NOT_INTEGER";
      },
    );
  });
});

const L_RANGE = {
  code: "L_RANGE",
  where: "labels.nii",
  expected: "whole class ids of 0 to 65535",
  next: "Renumber the classes",
};
const rangeOf = (id: bigint) => (id < 0n ? "-1 to 0" : "0 to 65536");

interface ReadFile {
  readonly row: string;
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly warnings: readonly string[];
}

const readable: readonly ReadFile[] = [
  {
    row: "N43",
    what: "bytes behind the voxels",
    bytes: Buffer.concat([good, Buffer.alloc(9)]),
    name: "scan.nii",
    warnings: ["N_TRAILING"],
  },
  { row: "N46", what: "gzip", bytes: deflated, name: "scan.nii.gz", warnings: [] },
  {
    row: "N46",
    what: "gzip of two members",
    bytes: Buffer.concat([gzipSync(good.subarray(0, 400)), gzipSync(good.subarray(400))]),
    name: "scan.nii.gz",
    warnings: [],
  },
  { row: "N54", what: ".nii.gz that is not deflated", bytes: good, name: "scan.nii.gz", warnings: ["N_NAME"] },
  { row: "N55", what: ".nii that is deflated", bytes: deflated, name: "scan.nii", warnings: ["N_NAME"] },
  {
    row: "N55b",
    what: "zeros behind gzip",
    bytes: Buffer.concat([deflated, Buffer.alloc(512)]),
    name: "scan.nii.gz",
    warnings: ["N_TRAILING"],
  },
  { row: "N54", what: "NIfTI by another name", bytes: good, name: "scan.dat", warnings: [] },
];

describe("NIfTI files that are read", () => {
  for (const { row, what, bytes, name, warnings } of readable)
    it(`${row} reads ${what}${warnings.length > 0 ? " with a warning" : ""}`, async () => {
      const scan = await readBytes(bytes, name);
      assert.deepEqual(
        [...scan.channels[0].data],
        Array.from({ length: 105 }, (_, i) => i - 52),
      );
      assert.deepEqual(warningCodesOf(scan), warnings);
    });

  it("N44 puts the smallest finite value in the place of those that are not, on request", async () => {
    const bytes = floatFile((i) => [NaN, Infinity, -Infinity][i] ?? i - 50);
    const scan = await readBytes(bytes, "scan.nii", { nanTo: "min" });
    assert.deepEqual([...scan.channels[0].data.subarray(0, 5)], [-47, -47, -47, -47, -46]);
    assert.deepEqual(warningCodesOf(scan), ["N_NONFINITE"]);
  });

  it("N45 reads an image of one value and says so", async () => {
    const scan = await readBytes(niftiFile({}, Buffer.alloc(210)), "scan.nii");
    assert.deepEqual(warningCodesOf(scan), ["N_CONSTANT"]);
  });

  it("N19h reads 64-bit whole numbers that fit 16 bits exactly", async () => {
    const scan = await readBytes(longFile(-300n), "scan.nii");
    assert.deepEqual([scan.channels[0].data.constructor, scan.channels[0].data[0]], [Int16Array, -300]);
  });
});

describe("pairs of .hdr and .img", () => {
  const header = (name: string, folder = temporaryFolder()) => {
    const file = niftiFile({ magic: "ni1\0", voxOffset: 0, extension: new Uint8Array(0) }, new Uint8Array(0));
    const path = join(folder, name);
    writeFileSync(path, name.endsWith(".gz") ? gzipSync(file) : file);
    return { path, folder };
  };

  for (const [headerName, voxelName] of [
    ["scan.hdr", "scan.img"],
    ["scan.hdr.gz", "scan.img.gz"],
    ["scan.hdr", "scan.img.gz"],
    ["SCAN.HDR", "SCAN.IMG"],
  ])
    it(`reads ${headerName} with ${voxelName}, by either name and by their folder, as one scan`, async () => {
      const { path, folder } = header(headerName);
      const voxels = countingInt16();
      writeFileSync(join(folder, voxelName), voxelName.endsWith(".gz") ? gzipSync(voxels) : voxels);
      for (const input of [path, folder]) {
        const { channels, inputs, warnings } = await readScan(input);
        assert.deepEqual(
          [...channels[0].data],
          Array.from({ length: 105 }, (_, i) => i - 52),
        );
        assert.deepEqual(warnings, []);
        assert.equal(inputs.length, 2);
      }
    });

  it("N67 refuses a .hdr without its .img with N_PAIR", async () => {
    assert.equal(await codeOfFailure(readScan(header("scan.hdr").path)), "N_PAIR");
  });

  it("N67 refuses an .img without its .hdr with N_PAIR", async () => {
    assert.equal(await refusalCodeOf(countingInt16(), "scan.img"), "N_PAIR");
  });

  it("N67 refuses an .img that is too short with N_DATA_SHORT", async () => {
    const { path, folder } = header("scan.hdr");
    writeFileSync(join(folder, "scan.img"), countingInt16().subarray(1));
    assert.equal(await codeOfFailure(readScan(path)), "N_DATA_SHORT");
  });

  it("N67 refuses Analyze 7.5, which does not say which side is left, with N_MAGIC", async () => {
    const bytes = niftiFile({ magic: "\0\0\0\0" }).subarray(0, 348);
    assert.equal(await refusalCodeOf(bytes, "scan.hdr"), "N_MAGIC");
  });
});

describe("paths that are no ordinary files", () => {
  it("refuses a named pipe, a device, a link loop and a dangling link without waiting", async () => {
    const folder = temporaryFolder();
    spawnSync("mkfifo", [join(folder, "pipe.nii")]);
    symlinkSync("/dev/zero", join(folder, "device.nii"));
    symlinkSync("loop.nii", join(folder, "loop.nii"));
    symlinkSync("nowhere", join(folder, "dangling.nii"));
    const { scans, refusals } = await findScans([folder]);
    assert.deepEqual(scans, []);
    assert.deepEqual(
      refusals.map(({ problem }) => problem.code),
      new Array(4).fill("F_NOT_REGULAR"),
    );
  });

  it("lists what is readable beside what is not", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "deeper"));
    writeFileSync(join(folder, "deeper", "good.nii"), good);
    writeFileSync(join(folder, "short.nii"), good.subarray(0, 100));
    writeFileSync(join(folder, "text.nii"), "a".repeat(400));
    const { scans, refusals } = await findScans([folder]);
    assert.deepEqual(
      scans.map(({ id, summary }) => [id, summary.shape, summary.voxelType, summary.orientation]),
      [["good.nii", [3, 5, 7], "int16", "SAR"]],
    );
    assert.deepEqual(
      refusals.map(({ problem }) => problem.code),
      ["N_SHORT_HEADER", "N_MAGIC"],
    );
  });
});
