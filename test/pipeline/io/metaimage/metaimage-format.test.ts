import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { writeMetaImage } from "../../../../pipeline/io/metaimage/write-metaimage.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import { type VoxelArray, volumeOf } from "../../../../pipeline/volume/volume.ts";
import { itkFactsOf } from "../../../support/itk-facts.ts";
import { countingInt16 } from "../../../support/nifti-file.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { obliqueGrid } from "../../../support/phantom-series.ts";
import { fileOf, readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const counting = Array.from({ length: 105 }, (_, i) => i - 52);

const usual = {
  ObjectType: "Image",
  NDims: "3",
  BinaryData: "True",
  BinaryDataByteOrderMSB: "False",
  CompressedData: "False",
  TransformMatrix: "0.96 0.28 0 -0.28 0.96 0 0 0 1",
  Offset: "-10 -20 -30",
  ElementSpacing: "1 2 3",
  DimSize: "7 5 3",
  ElementType: "MET_SHORT",
};

/** Rows of TransformMatrix times spacing are the steps along W, H, D; columns here are D, H, W. */
const rows = [0, -0.56, 0.96, -10, 0, 1.92, 0.28, -20, 3, 0, 0, -30, 0, 0, 0, 1];

type Fields = Readonly<Record<string, string | undefined>>;

/** A MetaImage file with any fields; undefined leaves one out. */
function mhaFile(fields: Fields = {}, voxels: Uint8Array = countingInt16(), dataFile = "LOCAL"): Buffer {
  const lines = Object.entries({ ...usual, ...fields, ElementDataFile: dataFile }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} = ${value}`],
  );
  return Buffer.concat([Buffer.from(`${lines.join("\n")}\n`), voxels]);
}

const detached = (dataFile: string, fields: Fields = {}) => mhaFile(fields, new Uint8Array(0), dataFile);

describe("metaImageFormat", () => {
  const variants: readonly (readonly [what: string, bytes: Buffer])[] = [
    ["raw voxels", mhaFile()],
    ["most significant byte first", mhaFile({ BinaryDataByteOrderMSB: "True" }, countingInt16(false))],
    ["another name of the byte order", mhaFile({ BinaryDataByteOrderMSB: undefined, ElementByteOrderMSB: "False" })],
    ["zlib", mhaFile({ CompressedData: "True" }, deflateSync(countingInt16()))],
    ["text", mhaFile({ BinaryData: "False" }, Buffer.from(counting.join(" ")))],
    [
      "old names of the place",
      mhaFile({
        TransformMatrix: undefined,
        Rotation: usual.TransformMatrix,
        Offset: undefined,
        Position: usual.Offset,
      }),
    ],
    ["ElementSize for the spacing", mhaFile({ ElementSpacing: undefined, ElementSize: "1 2 3" })],
    ["bytes to pass over", mhaFile({ HeaderSize: "5" }, Buffer.concat([Buffer.alloc(5), countingInt16()]))],
    ["voxels at the end", mhaFile({ HeaderSize: "-1" }, Buffer.concat([Buffer.alloc(9), countingInt16()]))],
  ];
  for (const [what, bytes] of variants)
    it(`reads ${what}`, async () => {
      const { channels, warnings } = await readBytes(bytes, "scan.mha");
      assert.deepEqual([...channels[0].data], counting);
      assert.deepEqual(channels[0].shape, [3, 5, 7]);
      assertAllClose(channels[0].indexToLps.rows, rows, { abs: 1e-12 });
      assert.deepEqual(warnings, []);
    });

  it("places an image where ITK does", async () => {
    const facts = await itkFactsOf(fileOf(mhaFile(), "scan.mha"));
    assert.deepEqual(facts.voxels, counting);
    assertAllClose(facts.rows, rows, { abs: 1e-12 });
  }).timeout(10_000);

  it("reads the modality", async () => {
    assert.equal((await readBytes(mhaFile({ Modality: "MET_MOD_MR" }), "scan.mha")).modality, "MR");
  });

  it("reads the chosen one of several volumes", async () => {
    const fields = {
      NDims: "4",
      DimSize: "7 5 1 3",
      ElementSpacing: "1 2 3 1",
      Offset: "-10 -20 -30 0",
      TransformMatrix: "0.96 0.28 0 0 -0.28 0.96 0 0 0 0 1 0 0 0 0 1",
    };
    const { channels } = await readBytes(mhaFile(fields), "scan.mha", { volumeIndex: 1 });
    assert.deepEqual([...channels[0].data], counting.slice(35, 70));
    assertAllClose(channels[0].indexToLps.rows, rows, { abs: 1e-12 });
    assert.equal(await refusalCodeOf(mhaFile(fields), "scan.mha"), "MHA_HEADER");
  });

  const refused: readonly (readonly [what: string, code: string, bytes: Buffer])[] = [
    ["an empty file", "MHA_HEADER", Buffer.alloc(0)],
    ["a size of 0", "MHA_HEADER", mhaFile({ DimSize: "7 0 3" })],
    ["two dimensions", "MHA_HEADER", mhaFile({ NDims: "2", DimSize: "7 15" })],
    ["8 GB in 210 bytes", "MHA_DATA_SHORT", mhaFile({ DimSize: "2048 2048 1024" })],
    [
      "8 GB deflated to a few bytes",
      "MHA_DATA_SHORT",
      mhaFile({ DimSize: "2048 2048 1024", CompressedData: "True" }, deflateSync(countingInt16())),
    ],
    ["colours", "MHA_HEADER", mhaFile({ ElementNumberOfChannels: "3" })],
    ["an unknown type", "MHA_HEADER", mhaFile({ ElementType: "MET_OTHER" })],
    ["no byte order", "MHA_HEADER", mhaFile({ BinaryDataByteOrderMSB: undefined })],
    ["a flag that is neither", "MHA_HEADER", mhaFile({ CompressedData: "perhaps" })],
    ["a scaling that programs disagree about", "MHA_HEADER", mhaFile({ ElementToIntensityFunctionSlope: "2" })],
    ["two places", "MHA_HEADER", mhaFile({ Position: "1 2 3" })],
    ["a spacing of 0", "MHA_SPACING", mhaFile({ ElementSpacing: "1 0 3" })],
    ["no spacing", "MHA_SPACING", mhaFile({ ElementSpacing: undefined })],
    ["no orientation", "MHA_NO_ORIENT", mhaFile({ TransformMatrix: undefined })],
    ["an orientation of zeros", "G_AFFINE", mhaFile({ TransformMatrix: "0 0 0 0 0 0 0 0 0" })],
    ["a sheared orientation", "MHA_SHEAR", mhaFile({ TransformMatrix: "1 0 0 0.1 0.995 0 0 0 1" })],
    ["an orientation of four numbers", "MHA_HEADER", mhaFile({ TransformMatrix: "1 0 0 1" })],
    ["a place that is no number", "G_AFFINE", mhaFile({ Offset: "1 x 3" })],
    ["a byte too few", "MHA_DATA_SHORT", mhaFile({}, countingInt16().subarray(1))],
    [
      "zlib cut short",
      "MHA_GZ_TRUNC",
      mhaFile({ CompressedData: "True" }, deflateSync(countingInt16()).subarray(0, -3)),
    ],
    ["zlib that is none", "MHA_GZ_DATA", mhaFile({ CompressedData: "True" })],
    [
      "zlib with a wrong checksum",
      "MHA_GZ_CRC",
      mhaFile(
        { CompressedData: "True" },
        Buffer.concat([deflateSync(countingInt16()).subarray(0, -1), Buffer.of(0xee)]),
      ),
    ],
    ["a file elsewhere", "MHA_DATA_FILE", detached("/etc/passwd")],
    ["a file further up", "MHA_DATA_FILE", detached("../scan.raw")],
    ["a list of files", "MHA_HEADER", detached("LIST")],
    ["numbered files", "MHA_HEADER", detached("slice%03d.raw 1 3 1")],
    ["a file that is not there", "MHA_DATA_FILE", detached("scan.raw")],
  ];
  for (const [what, code, bytes] of refused)
    it(`refuses ${what} with ${code}`, async () => assert.equal(await refusalCodeOf(bytes, "scan.mhd"), code));

  it("refuses more voxels than allowed", async () => {
    const limits = { ...defaultLimits, volumeBytes: 100 };
    assert.equal(await refusalCodeOf(mhaFile(), "scan.mha", { limits }), "MHA_TOO_BIG");
  });

  it("takes an origin of 0 where none is stated, and says so", async () => {
    const scan = await readBytes(mhaFile({ Offset: undefined }), "scan.mha");
    assert.deepEqual([scan.channels[0].indexToLps.rows[3], warningCodesOf(scan)], [0, ["MHA_ORIGIN"]]);
  });

  it("reads voxels from the file beside it, and lists the two as one scan", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "scan.mhd"), detached("scan.zraw", { CompressedData: "True" }));
    writeFileSync(join(folder, "scan.zraw"), deflateSync(countingInt16()));
    const { scans, refusals } = await findScans([folder]);
    assert.deepEqual([scans.length, refusals], [1, []]);
    const { channels, inputs } = await readScan(scans[0]);
    assert.deepEqual([...channels[0].data], counting);
    assert.equal(inputs.length, 2);
  });
});

describe("writeMetaImage", () => {
  const grid = obliqueGrid([3, 5, 7], {
    spacingMm: [3, 2, 1],
    angles: [0.3, -0.2, 0.1],
    originXyz: [-12.5, 33, -101.25],
  });

  for (const data of [new Uint8Array(105), new Int16Array(105), new Uint16Array(105), new Float32Array(105)])
    it(`writes ${data.constructor.name} that ITK reads with the same voxels and place`, async () => {
      const volume = volumeOf(data.map((_, i) => i % 101) as VoxelArray, grid);
      const scan = { format: "test", channels: [volume], modality: "CT", warnings: [], inputs: [] } as const;
      const path = await writeMetaImage(scan, join(temporaryFolder(), "scan.mha"));
      const facts = await itkFactsOf(path);
      assert.deepEqual([facts.size, facts.voxels], [[7, 5, 3], [...volume.data]]);
      assert.equal(facts.type, data.constructor.name.replace("Array", "").toLowerCase());
      assertAllClose(facts.rows, grid.indexToLps.rows, { abs: 1e-12 });
      assert.equal((await readScan(path)).modality, "CT");
    }).timeout(10_000);
});
