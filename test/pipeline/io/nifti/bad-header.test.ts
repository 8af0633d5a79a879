import { strict as assert } from "node:assert";
import type { FindOptions } from "../../../../pipeline/io/find-scans.ts";
import { indexToLpsOf, spacingMmOf } from "../../../../pipeline/volume/affine.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import { countingInt16, type NiftiFields, niftiFile } from "../../../support/nifti-file.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { readBytes, refusalCodeOf, warningCodesOf } from "../../../support/read-bytes.ts";

const dim = (...values: readonly number[]) => [...values, ...new Array(8 - values.length).fill(1)];
const pixdim = (i: number) => [1, i, 2, 3, 0, 0, 0, 0];
const onlyQform = { sformCode: 0, qformCode: 1 } as const;
const sform = (i: readonly number[], j: readonly number[], k: readonly number[]) =>
  [0, 1, 2].flatMap((row) => [i[row], j[row], k[row], 0]);

const extension = (size: number) => {
  const bytes = Buffer.alloc(4 + 16);
  bytes.writeUInt8(1, 0);
  bytes.writeInt32LE(size, 4);
  bytes.writeInt32LE(6, 8);
  return bytes;
};

/** A row of the list of bad inputs whose file has to be refused. */
interface RefusedHeader {
  readonly row: string;
  readonly what: string;
  readonly fields: NiftiFields;
  readonly code: string;
}

const refused: readonly RefusedHeader[] = [
  { row: "N05", what: "a wrong magic", fields: { magic: "n+3\0" }, code: "N_MAGIC" },
  { row: "N07", what: "a sizeof_hdr of 0", fields: { sizeofHeader: 0 }, code: "N_MAGIC" },
  ...[0, -1, 8, 255].map((value, i) => ({
    row: `N09${"abcd"[i]}`,
    what: `${value} dimensions`,
    fields: { dim: dim(value, 7, 5, 3) },
    code: "N_NDIM",
  })),
  { row: "N10", what: "a negative side", fields: { dim: dim(3, 7, -5, 3) }, code: "N_DIM" },
  { row: "N11", what: "a side of 0", fields: { dim: dim(3, 7, 0, 3) }, code: "N_DIM" },
  { row: "N13", what: "8 GB in 210 bytes", fields: { dim: dim(3, 2048, 2048, 1024) }, code: "N_DATA_SHORT" },
  { row: "N14", what: "an image of two dimensions", fields: { dim: dim(2, 21, 5) }, code: "N_NOT_3D" },
  { row: "N16", what: "two volumes", fields: { dim: dim(4, 7, 5, 1, 2) }, code: "N_4D" },
  { row: "N17", what: "vectors", fields: { dim: dim(5, 7, 5, 1, 1, 3) }, code: "N_TYPE" },
  { row: "N17", what: "RGB", fields: { datatype: 128, bitpix: 24 }, code: "N_TYPE" },
  ...[0, 1, 128, 1536, 2048, 9999, 32].map((datatype, i) => ({
    row: `N19${"abcdefg"[i]}`,
    what: `data type ${datatype}`,
    fields: { datatype },
    code: "N_TYPE",
  })),
  ...[NaN, Infinity, -1, 1e30, 352.5, 100, 1e6].map((voxOffset, i) => ({
    row: `N21${"abcefgh"[i]}`,
    what: `a vox_offset of ${voxOffset}`,
    fields: { voxOffset },
    code: "N_OFFSET",
  })),
  ...[NaN, Infinity, 1e38].map((slope, i) => ({
    row: `N22${"bce"[i]}`,
    what: `a scl_slope of ${slope}`,
    fields: { slope },
    code: "N_SCALE",
  })),
  { row: "N23", what: "a scl_inter that is no number", fields: { intercept: NaN }, code: "N_SCALE" },
  ...[0, -1, NaN, Infinity, 1e-30, 1e30].map((value, i) => ({
    row: `N24${"abcdef"[i]}`,
    what: `a pixdim of ${value}`,
    fields: { pixdim: pixdim(value) },
    code: "N_SPACING",
  })),
  {
    row: "N26",
    what: "a quaternion of length 1.2",
    fields: { ...onlyQform, quaternion: [1.2, 0, 0] },
    code: "N_QFORM",
  },
  { row: "N27", what: "a quaternion of NaN", fields: { ...onlyQform, quaternion: [NaN, 0, 0] }, code: "N_QFORM" },
  { row: "N28", what: "an sform of zeros", fields: { sform: new Array(12).fill(0) }, code: "N_SFORM" },
  {
    row: "N29",
    what: "an sform with parallel axes",
    fields: { sform: sform([1, 0, 0], [2, 0, 0], [0, 0, 3]) },
    code: "N_SFORM",
  },
  {
    row: "N30",
    what: "an sform with NaN",
    fields: { sform: sform([NaN, 0, 0], [0, 2, 0], [0, 0, 3]) },
    code: "N_SFORM",
  },
  {
    row: "N31",
    what: "an sform sheared by 0.01",
    fields: { sform: sform([1, 0, 0], [0.02, 2, 0], [0, 0, 3]) },
    code: "N_SHEAR",
  },
  { row: "N33", what: "neither qform nor sform", fields: { sformCode: 0 }, code: "N_NO_ORIENT" },
  { row: "N34", what: "an sform code of 99", fields: { sformCode: 99 }, code: "N_CODE" },
  { row: "N34", what: "a negative qform code", fields: { qformCode: -1 }, code: "N_CODE" },
  { row: "N36d", what: "an unknown unit of length", fields: { xyztUnits: 4 }, code: "N_UNITS" },
  { row: "N60", what: "200 dimensions in NIfTI-2", fields: { version: 2, dim: dim(200, 7, 5, 3) }, code: "N_NDIM" },
  { row: "N61", what: "-5 dimensions in NIfTI-2", fields: { version: 2, dim: dim(-5, 7, 5, 3) }, code: "N_NDIM" },
  { row: "N63", what: "a vox_offset of -1 in NIfTI-2", fields: { version: 2, voxOffset: -1 }, code: "N_OFFSET" },
  {
    row: "N63",
    what: "a side of 2^62 in NIfTI-2",
    fields: { version: 2, dim: dim(3, 2 ** 62, 5, 3) },
    code: "N_DIM",
  },
];

describe("NIfTI headers that are refused", () => {
  for (const { row, what, fields, code } of refused)
    it(`${row} refuses ${what} with ${code}`, async () => {
      assert.equal(await refusalCodeOf(niftiFile(fields), "scan.nii"), code);
    });

  it("N13 refuses a volume of 8 GB in a child that may take no more than it idles at", async () => {
    const fields = { dim: dim(3, 2048, 2048, 1024) };
    const limits = { ...defaultLimits, volumeBytes: 2 ** 40, fileBytes: 2 ** 40, childBytes: 400 * 2 ** 20 };
    assert.equal(await refusalCodeOf(niftiFile(fields), "scan.nii", { limits }), "N_DATA_SHORT");
  });
});

/** A row whose file is read, with what is said of it. */
interface AcceptedHeader {
  readonly row: string;
  readonly what: string;
  readonly fields: NiftiFields;
  readonly warnings: readonly string[];
  readonly spacing?: readonly number[];
  readonly options?: FindOptions;
}

const accepted: readonly AcceptedHeader[] = [
  { row: "N15", what: "a fourth dimension of 1", fields: { dim: dim(4, 7, 5, 3, 1) }, warnings: [] },
  {
    row: "N18",
    what: "zeros in dimensions that are not used",
    fields: { dim: [3, 7, 5, 3, 0, 0, 0, 0] },
    warnings: [],
  },
  { row: "N21d", what: "a vox_offset of 0 as 352", fields: { voxOffset: 0 }, warnings: ["N_OFFSET"] },
  { row: "N25", what: "a qfac of 0 as 1", fields: { ...onlyQform, pixdim: [0, 1, 2, 3] }, warnings: ["N_QFAC"] },
  {
    row: "N33",
    what: "no orientation when the user states one",
    fields: { sformCode: 0 },
    warnings: ["N_NO_ORIENT"],
    options: { assumeOrientation: "SAR" },
  },
  { row: "N36a", what: "no unit as millimetres", fields: { xyztUnits: 0 }, warnings: ["N_UNITS"] },
  {
    row: "N36b",
    what: "metres",
    fields: { xyztUnits: 1, pixdim: [1, 0.001, 0.002, 0.003], sform: sform([1e-3, 0, 0], [0, 2e-3, 0], [0, 0, 3e-3]) },
    warnings: [],
  },
  {
    row: "N36c",
    what: "micrometres",
    fields: { xyztUnits: 3, pixdim: [1, 1e3, 2e3, 3e3], sform: sform([1e3, 0, 0], [0, 2e3, 0], [0, 0, 3e3]) },
    warnings: [],
  },
  { row: "N36d", what: "seconds without a unit of length", fields: { xyztUnits: 8 }, warnings: ["N_UNITS"] },
  { row: "N36d", what: "a time unit of seconds beside millimetres", fields: { xyztUnits: 10 }, warnings: [] },
  ...[0, -16, 7, 2 ** 31 - 1].map((size, i) => ({
    row: `N${37 + i}`,
    what: `an extension of size ${size}, which it ignores`,
    fields: { extension: extension(size) },
    warnings: ["N_EXT"],
  })),
  {
    row: "N41",
    what: "an extension flag without an extension",
    fields: { extension: Buffer.of(1, 0, 0, 0) },
    warnings: ["N_EXT"],
  },
  { row: "N41", what: "a sound extension in silence", fields: { extension: extension(16) }, warnings: [] },
  { row: "N59", what: "NIfTI-2", fields: { version: 2 }, warnings: [] },
];

describe("NIfTI headers that are read", () => {
  for (const { row, what, fields, warnings, options } of accepted)
    it(`${row} reads ${what}`, async () => {
      const scan = await readBytes(niftiFile(fields), "scan.nii", options);
      const [{ shape, data, indexToLps }] = scan.channels;
      assert.deepEqual(shape, [3, 5, 7]);
      assert.deepEqual([data[0], data[1], data[104]], [-52, -51, 52]);
      assert.deepEqual(warningCodesOf(scan), warnings);
      assertAllClose(spacingMmOf(indexToLps), [3, 2, 1], { rel: 1e-4 });
    });

  it("N08 reads big endian to the same volume as little endian", async () => {
    const little = await readBytes(niftiFile(), "scan.nii");
    const big = await readBytes(niftiFile({ littleEndian: false }), "scan.nii");
    assert.deepEqual(big.channels, little.channels);
  });

  it("N16 reads the volume that was chosen", async () => {
    const fields = { dim: dim(4, 7, 5, 1, 3) };
    const { channels } = await readBytes(niftiFile(fields), "scan.nii", { volumeIndex: 1 });
    assert.deepEqual(channels[0].shape, [1, 5, 7]);
    assert.deepEqual([channels[0].data[0], channels[0].data[34]], [35 - 52, 69 - 52]);
  });

  it("N16 refuses the choice of a volume that is not there", async () => {
    const bytes = niftiFile({ dim: dim(4, 7, 5, 1, 3) });
    assert.equal(await refusalCodeOf(bytes, "scan.nii", { volumeIndex: 3 }), "N_4D");
  });

  it("N22a takes a scl_slope of 0 as no scaling, whatever scl_inter says", async () => {
    const { channels } = await readBytes(niftiFile({ slope: 0, intercept: 7 }), "scan.nii");
    assert.deepEqual([channels[0].data[0], channels[0].data[104]], [-52, 52]);
  });

  it("N22d applies a scl_slope of -1 and says so", async () => {
    const scan = await readBytes(niftiFile({ slope: -1, intercept: 0.5 }), "scan.nii");
    assert.deepEqual([scan.channels[0].data[0], scan.channels[0].data[104]], [52.5, -51.5]);
    assert.deepEqual(warningCodesOf(scan), ["N_SCALE"]);
  });

  it("N31 resamples a sheared sform to a straight grid when that was asked for", async () => {
    const bytes = niftiFile({ sform: sform([1, 0, 0], [0.02, 2, 0], [0, 0, 3]) });
    const scan = await readBytes(bytes, "scan.nii", { straighten: true });
    const { rows } = scan.channels[0].indexToLps;
    assertAllClose(rows, [0, 0, -1, 0, 0, -2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1], { abs: 1e-6 });
    assert.deepEqual([scan.channels[0].shape, warningCodesOf(scan)], [[3, 5, 8], ["S_TILT"]]);
  });

  it("N33 places an image without orientation as the user states it", async () => {
    const bytes = niftiFile({ sformCode: 0 });
    const { channels } = await readBytes(bytes, "scan.nii", { assumeOrientation: "SAR" });
    const rows = [0, 0, -1, 0, 0, -2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1];
    assert.deepEqual(channels[0].indexToLps, indexToLpsOf(rows, "expected"));
  });

  it("says that qform and sform differ by more than a hundredth of a voxel", async () => {
    const scan = await readBytes(niftiFile({ qformCode: 1, offsetXyz: [-10, -20, -30.02] }), "scan.nii");
    assert.deepEqual(warningCodesOf(scan), ["N_FORMS_DIFFER"]);
    assert.equal(scan.channels[0].indexToLps.rows[11], -30);
  });

  it("says that pixdim and sform differ", async () => {
    const scan = await readBytes(niftiFile({ pixdim: pixdim(1.1) }), "scan.nii");
    assert.deepEqual(warningCodesOf(scan), ["N_PIXDIM"]);
  });

  it("says that bitpix does not fit the data type", async () => {
    const scan = await readBytes(niftiFile({ bitpix: 8 }, countingInt16()), "scan.nii");
    assert.deepEqual(warningCodesOf(scan), ["N_BITPIX"]);
  });
});
