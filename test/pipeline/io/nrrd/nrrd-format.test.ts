import { strict as assert } from "node:assert";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { nrrdFormat } from "../../../../pipeline/io/nrrd/nrrd-format.ts";
import { writeNrrd } from "../../../../pipeline/io/nrrd/write-nrrd.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { indexToLpsOf } from "../../../../pipeline/volume/affine.ts";
import type { LabelClass } from "../../../../pipeline/volume/label-class.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import type { Scan } from "../../../../pipeline/volume/scan.ts";
import { type VoxelArray, volumeOf } from "../../../../pipeline/volume/volume.ts";
import { itkFactsOf } from "../../../support/itk-facts.ts";
import { countingInt16 } from "../../../support/nifti-file.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { obliqueGrid } from "../../../support/phantom-series.ts";
import { codeOfFailure, fileOf, readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const counting = Array.from({ length: 105 }, (_, i) => i - 52);

const usual = {
  type: "short",
  dimension: "3",
  space: "left-posterior-superior",
  sizes: "7 5 3",
  "space directions": "(1,0,0) (0,2,0) (0,0,3)",
  kinds: "domain domain domain",
  endian: "little",
  encoding: "raw",
  "space origin": "(-10,-20,-30)",
};

type Fields = Readonly<Record<string, string | undefined>>;

/** A NRRD file with any fields; undefined leaves one out. */
function nrrdFile(fields: Fields = {}, voxels: Uint8Array = countingInt16(), ending = "\n"): Buffer {
  const lines = Object.entries({ ...usual, ...fields }).flatMap(([name, value]) =>
    value === undefined ? [] : [name.startsWith("Segment") ? `${name}:=${value}` : `${name}: ${value}`],
  );
  return Buffer.concat([Buffer.from(["NRRD0004", "# a comment", ...lines, "", ""].join(ending)), voxels]);
}

const detached = (fields: Fields) => nrrdFile(fields, new Uint8Array(0));

const text = Buffer.from(counting.join(" "));

describe("nrrdFormat", () => {
  const variants: readonly (readonly [what: string, bytes: Buffer])[] = [
    ["raw", nrrdFile()],
    ["lines that end in CR LF", nrrdFile({}, countingInt16(), "\r\n")],
    ["big endian", nrrdFile({ endian: "big" }, countingInt16(false))],
    ["gzip", nrrdFile({ encoding: "gzip" }, gzipSync(countingInt16()))],
    ["text", nrrdFile({ encoding: "ascii", endian: undefined }, text)],
    [
      "text in lines, with commas and an end of line",
      nrrdFile({ encoding: "txt" }, Buffer.from(`${counting.join(",\n")}\n`)),
    ],
    ["signed short int", nrrdFile({ type: "signed short int" })],
    ["int16_t", nrrdFile({ type: "int16_t" })],
    ["bytes to pass over", nrrdFile({ "byte skip": "3" }, Buffer.concat([Buffer.alloc(3), countingInt16()]))],
    ["voxels at the end", nrrdFile({ "byte skip": "-1" }, Buffer.concat([Buffer.alloc(9), countingInt16()]))],
    [
      "a fourth axis of 1",
      nrrdFile({
        dimension: "4",
        sizes: "1 7 5 3",
        kinds: "vector domain domain domain",
        "space directions": "none (1,0,0) (0,2,0) (0,0,3)",
      }),
    ],
    [
      "metres",
      nrrdFile({
        "space directions": "(0.001,0,0) (0,0.002,0) (0,0,0.003)",
        "space origin": "(-0.01,-0.02,-0.03)",
        "space units": '"m" "m" "m"',
      }),
    ],
    [
      "right-anterior-superior",
      nrrdFile({ space: "RAS", "space directions": "(-1,0,0) (0,-2,0) (0,0,3)", "space origin": "(10,20,-30)" }),
    ],
    [
      "left-anterior-superior",
      nrrdFile({
        space: "left-anterior-superior",
        "space directions": "(1,0,0) (0,-2,0) (0,0,3)",
        "space origin": "(-10,20,-30)",
      }),
    ],
  ];
  for (const [what, bytes] of variants)
    it(`reads ${what}`, async () => {
      const { channels, warnings } = await readBytes(bytes, "scan.nrrd");
      assert.deepEqual([...channels[0].data], counting);
      assert.deepEqual(channels[0].shape, [3, 5, 7]);
      assertAllClose(channels[0].indexToLps.rows, [0, 0, 1, -10, 0, 2, 0, -20, 3, 0, 0, -30, 0, 0, 0, 1], {
        abs: 1e-12,
      });
      assert.deepEqual(warnings, []);
    });

  const refused: readonly (readonly [what: string, code: string, bytes: Buffer])[] = [
    ["a later version", "NRRD_HEADER", Buffer.from("NRRD0009\n\n")],
    ["no sizes", "NRRD_HEADER", nrrdFile({ sizes: undefined })],
    ["a negative size", "NRRD_HEADER", nrrdFile({ sizes: "7 -5 3" })],
    ["a size of 2^52", "NRRD_DATA_SHORT", nrrdFile({ sizes: `${2 ** 52} 5 3` })],
    ["8 GB in 210 bytes", "NRRD_DATA_SHORT", nrrdFile({ sizes: "2048 2048 1024" })],
    ["two axes", "NRRD_HEADER", nrrdFile({ dimension: "2", sizes: "7 15", "space directions": "(1,0,0) (0,2,0)" })],
    ["colours", "NRRD_HEADER", nrrdFile({ dimension: "4", sizes: "3 7 5 1", kinds: "RGB-color domain domain domain" })],
    ["an unknown type", "NRRD_HEADER", nrrdFile({ type: "block" })],
    ["an unknown encoding", "NRRD_HEADER", nrrdFile({ encoding: "bzip2" })],
    ["no byte order", "NRRD_HEADER", nrrdFile({ endian: undefined })],
    ["a field twice", "NRRD_HEADER", nrrdFile({ Type: "short" })],
    ["a line that is no field", "NRRD_HEADER", Buffer.from("NRRD0004\nnonsense\n\n")],
    ["a negative byte skip", "NRRD_HEADER", nrrdFile({ "byte skip": "-2" })],
    ["a byte skip beyond the end", "NRRD_HEADER", nrrdFile({ "byte skip": "1e9" })],
    ["a vector of two numbers", "NRRD_HEADER", nrrdFile({ "space origin": "(1,2)" })],
    ["a direction that is no number", "NRRD_HEADER", nrrdFile({ "space directions": "(nan,0,0) (0,2,0) (0,0,3)" })],
    ["directions in one plane", "G_AFFINE", nrrdFile({ "space directions": "(1,0,0) (2,0,0) (0,0,3)" })],
    ["sheared directions", "NRRD_SHEAR", nrrdFile({ "space directions": "(1,0,0) (0.02,2,0) (0,0,3)" })],
    ["voxels of 2 m", "NRRD_SPACING", nrrdFile({ "space directions": "(2000,0,0) (0,2,0) (0,0,3)" })],
    ["an unknown unit", "NRRD_HEADER", nrrdFile({ "space units": '"furlong" "furlong" "furlong"' })],
    ["no space", "NRRD_NO_ORIENT", nrrdFile({ space: undefined, "space dimension": "3" })],
    ["a byte too few", "NRRD_DATA_SHORT", nrrdFile({}, countingInt16().subarray(1))],
    ["gzip cut short", "NRRD_GZ_TRUNC", nrrdFile({ encoding: "gzip" }, gzipSync(countingInt16()).subarray(0, -9))],
    ["gzip that is none", "NRRD_GZ_DATA", nrrdFile({ encoding: "gzip" })],
    ["a number too few", "NRRD_DATA_SHORT", nrrdFile({ encoding: "ascii" }, Buffer.from(counting.slice(1).join(" ")))],
    [
      "words for numbers",
      "NRRD_TEXT",
      nrrdFile({ encoding: "ascii" }, Buffer.from(counting.join(" ").replace("17", "x7"))),
    ],
    [
      "numbers beyond their type",
      "NRRD_TEXT",
      nrrdFile({ encoding: "ascii" }, Buffer.from(counting.join(" ").replace("17", "70000"))),
    ],
    ["an endless word", "NRRD_TEXT", nrrdFile({ encoding: "ascii" }, Buffer.alloc(200_000, "1"))],
    ["a header without end", "NRRD_HEADER", Buffer.concat([Buffer.from("NRRD0004\n"), Buffer.alloc(2 ** 21, "#")])],
    ["a file elsewhere", "NRRD_DATA_FILE", detached({ "data file": "/etc/passwd" })],
    ["a file further up", "NRRD_DATA_FILE", detached({ "data file": "../scan.raw" })],
    ["a file in a folder", "NRRD_DATA_FILE", detached({ datafile: "sub\\scan.raw" })],
    ["a list of files", "NRRD_DATA_FILE", detached({ "data file": "LIST" })],
    ["a file that is not there", "NRRD_DATA_FILE", detached({ "data file": "scan.raw" })],
  ];
  for (const [what, code, bytes] of refused)
    it(`refuses ${what} with ${code}`, async () => assert.equal(await refusalCodeOf(bytes, "scan.nhdr"), code));

  it("refuses more voxels than allowed", async () => {
    const limits = { ...defaultLimits, volumeBytes: 100 };
    assert.equal(await refusalCodeOf(nrrdFile(), "scan.nrrd", { limits }), "NRRD_TOO_BIG");
  });

  it("reads a header without a place where the user states an orientation", async () => {
    const bytes = nrrdFile({
      space: undefined,
      "space directions": undefined,
      "space origin": undefined,
      spacings: "1 2 3",
    });
    const scan = await readBytes(bytes, "scan.nrrd", { assumeOrientation: "SAR" });
    assert.deepEqual(scan.channels[0].indexToLps.rows, [0, 0, -1, 0, 0, -2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual(warningCodesOf(scan), ["NRRD_NO_ORIENT"]);
  });

  it("reads the chosen one of several volumes", async () => {
    const fields = {
      dimension: "4",
      sizes: "7 5 1 3",
      kinds: "domain domain domain list",
      "space directions": "(1,0,0) (0,2,0) (0,0,3) none",
    };
    const { channels } = await readBytes(nrrdFile(fields), "scan.nrrd", { volumeIndex: 2 });
    assert.deepEqual([...channels[0].data], counting.slice(70));
    assert.equal(await refusalCodeOf(nrrdFile(fields), "scan.nrrd"), "NRRD_HEADER");
  });

  it("reads voxels from the file beside it, and lists the two as one scan", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "scan.nhdr"), detached({ "data file": "./scan.raw.gz", encoding: "gzip" }));
    writeFileSync(join(folder, "scan.raw.gz"), gzipSync(countingInt16()));
    const { scans, refusals } = await findScans([folder]);
    assert.deepEqual([scans.length, refusals], [1, []]);
    const { channels, inputs } = await readScan(scans[0]);
    assert.deepEqual([...channels[0].data], counting);
    assert.equal(inputs.length, 2);
  });

  it("follows no link to another folder", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "in"));
    writeFileSync(join(folder, "secret.raw"), countingInt16());
    symlinkSync("../secret.raw", join(folder, "in", "scan.raw"));
    const header = join(folder, "in", "scan.nhdr");
    writeFileSync(header, detached({ "data file": "scan.raw" }));
    assert.equal(await codeOfFailure(readScan(header)), "NRRD_DATA_FILE");
  });

  it("names the segments that 3D Slicer describes", async () => {
    const tags =
      "TerminologyEntry:Segmentation category and type~SCT^123037004^Anatomical Structure~SCT^10200004^Liver~^^~Anatomic codes~^^~^^|Other:1|";
    const segments = {
      Segment0_ID: "Segment_1",
      Segment0_Name: "liver\\n lobe",
      Segment0_Color: "0.2 0.4 1",
      Segment0_LabelValue: "3",
      Segment0_Tags: tags,
      Segment1_ID: "Segment_2",
      Segment1_LabelValue: "7",
    };
    const { classes } = await readBytes(nrrdFile(segments), "labels.seg.nrrd");
    assert.deepEqual(classes, [
      {
        id: 3,
        name: "liver\uFFFD lobe",
        colorRgb: [51, 102, 255],
        category: { scheme: "SCT", value: "123037004", meaning: "Anatomical Structure" },
        type: { scheme: "SCT", value: "10200004", meaning: "Liver" },
      },
      { id: 7, name: "segment 7", colorRgb: [128, 128, 128] },
    ]);
  });

  it("ignores segments of one id or in layers, and says so", async () => {
    for (const second of [{ Segment1_LabelValue: "1" }, { Segment1_LabelValue: "2", Segment1_Layer: "1" }]) {
      const fields = { Segment0_ID: "a", Segment0_LabelValue: "1", Segment1_ID: "b", ...second };
      const scan = await readBytes(nrrdFile(fields), "labels.seg.nrrd");
      assert.deepEqual([scan.classes, warningCodesOf(scan)], [undefined, ["NRRD_SEGMENTS"]]);
    }
  });

  it("reads what Slicer's writer lays out, with the keys rarevox has no use for", async () => {
    const fields = {
      "measurement frame": "(1,0,0) (0,1,0) (0,0,1)",
      thicknesses: "nan nan 3",
      centers: "cell cell cell",
    };
    const { warnings } = await readScan(fileOf(nrrdFile(fields), "scan.nrrd"));
    assert.deepEqual(warnings, []);
  });
});

describe("writeNrrd", () => {
  const grid = obliqueGrid([3, 5, 7], {
    spacingMm: [3, 2, 1],
    angles: [0.3, -0.2, 0.1],
    originXyz: [-12.5, 33, -101.25],
  });
  const scanOf = (data: VoxelArray, rest: Partial<Scan> = {}): Scan => ({
    format: "test",
    channels: [volumeOf(data, grid)],
    modality: undefined,
    warnings: [],
    inputs: [],
    ...rest,
  });
  const pathOf = (name: string) => join(temporaryFolder(), name);

  for (const data of [new Uint8Array(105), new Int16Array(105), new Uint16Array(105), new Float32Array(105)])
    it(`writes ${data.constructor.name} that ITK reads with the same voxels and place`, async () => {
      const scan = scanOf(data.map((_, i) => i % 101) as VoxelArray);
      const facts = await itkFactsOf(await writeNrrd(scan, pathOf("scan.nrrd")));
      assert.deepEqual([facts.size, facts.voxels], [[7, 5, 3], [...scan.channels[0].data]]);
      assert.equal(facts.type, data.constructor.name.replace("Array", "").toLowerCase());
      assertAllClose(facts.rows, grid.indexToLps.rows, { abs: 1e-12 });
    }).timeout(10_000);

  it("keeps the matrix to the last bit, also of a sheared grid", async () => {
    const indexToLps = indexToLpsOf([0.1, 0, 1, 1 / 3, 0.5, 2, 0, 5, 3, 0, 0, 6e-7, 0, 0, 0, 1], "sheared");
    const data = new Uint8Array(105).fill(1, 9);
    const channels = [volumeOf(data, { ...grid, indexToLps })] as const;
    const accepting = { limits: defaultLimits, straighten: true };
    const [found] = (await nrrdFormat.list([await writeNrrd(scanOf(data, { channels }), pathOf("a.nrrd"))], accepting))
      .scans;
    const back = await nrrdFormat.read(found, accepting); // as it lies in the file
    assert.deepEqual(back.channels[0].indexToLps.rows, indexToLps.rows);
  });

  it("describes classes so that they come back, odd characters in their names included", async () => {
    const classes: readonly LabelClass[] = [
      {
        id: 300,
        name: "left kidney \\ Niere ~ ^ |",
        colorRgb: [1, 128, 255],
        category: { scheme: "SCT", value: "91723000", meaning: "Anatomical Structure" },
        type: { scheme: "SCT", value: "64033007", meaning: "Kidney" },
        laterality: { scheme: "SCT", value: "7771000", meaning: "Left" },
      },
      { id: 2, name: "cyst", colorRgb: [0, 0, 0] },
    ];
    const labels = Float32Array.from({ length: 105 }, (_, i) => [0, 2, 300][i % 3]);
    const back = await readScan(await writeNrrd(scanOf(labels, { classes }), pathOf("labels.seg.nrrd")));
    assert.deepEqual(back.classes, classes);
    assert.deepEqual(back.channels[0].data, Uint16Array.from(labels));
  });
});
