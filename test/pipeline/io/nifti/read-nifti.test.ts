import { strict as assert } from "node:assert";
import fc from "fast-check";
import { findScans } from "../../../../pipeline/io/find-scans.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { type Triple, transformPoint } from "../../../../pipeline/volume/affine.ts";
import type { Volume } from "../../../../pipeline/volume/volume.ts";
import { asNibabelAffine, nibabelFactsOf } from "../../../support/nibabel.ts";
import { DEFAULT_SIDES, type NiftiFields, niftiFile } from "../../../support/nifti-file.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { fileOf, readBytes, warningCodesOf } from "../../../support/read-bytes.ts";
import { requireValidator } from "../../../support/validators.ts";

/** The largest relative step of single precision. */
const FLOAT32_STEP = 2 ** -23;

type Writer = (bytes: Buffer, at: number, value: number) => void;

interface StoredType {
  readonly name: string;
  readonly code: number;
  readonly bytes: number;
  /** Little endian, big endian. */
  readonly write: readonly [Writer, Writer];
  /** Values that reach the ends of the type, or what a volume can hold of it. */
  readonly values: readonly number[];
  readonly heldAs: string;
}

const long = (bytes: Buffer, at: number, value: number) => bytes.writeBigInt64LE(BigInt(value), at);
const longBig = (bytes: Buffer, at: number, value: number) => bytes.writeBigInt64BE(BigInt(value), at);

const types: readonly StoredType[] = [
  {
    name: "uint8",
    code: 2,
    bytes: 1,
    write: [(bytes, at, value) => bytes.writeUInt8(value, at), (bytes, at, value) => bytes.writeUInt8(value, at)],
    values: [0, 1, 128, 255],
    heldAs: "Uint8Array",
  },
  {
    name: "int8",
    code: 256,
    bytes: 1,
    write: [(bytes, at, value) => bytes.writeInt8(value, at), (bytes, at, value) => bytes.writeInt8(value, at)],
    values: [-128, -1, 0, 127],
    heldAs: "Int16Array",
  },
  {
    name: "int16",
    code: 4,
    bytes: 2,
    write: [(bytes, at, value) => bytes.writeInt16LE(value, at), (bytes, at, value) => bytes.writeInt16BE(value, at)],
    values: [-32768, -1, 258, 32767],
    heldAs: "Int16Array",
  },
  {
    name: "uint16",
    code: 512,
    bytes: 2,
    write: [(bytes, at, value) => bytes.writeUInt16LE(value, at), (bytes, at, value) => bytes.writeUInt16BE(value, at)],
    values: [0, 258, 32768, 65535],
    heldAs: "Uint16Array",
  },
  {
    name: "int32",
    code: 8,
    bytes: 4,
    write: [(bytes, at, value) => bytes.writeInt32LE(value, at), (bytes, at, value) => bytes.writeInt32BE(value, at)],
    values: [-(2 ** 24), -70000, 70000, 2 ** 31 - 128],
    heldAs: "Float32Array",
  },
  {
    name: "uint32",
    code: 768,
    bytes: 4,
    write: [(bytes, at, value) => bytes.writeUInt32LE(value, at), (bytes, at, value) => bytes.writeUInt32BE(value, at)],
    values: [0, 258, 60000, 2 ** 16 - 1],
    heldAs: "Uint16Array",
  },
  {
    name: "int64",
    code: 1024,
    bytes: 8,
    write: [long, longBig],
    values: [-(2 ** 40), -1, 258, 2 ** 52],
    heldAs: "Float32Array",
  },
  {
    name: "uint64",
    code: 1280,
    bytes: 8,
    write: [long, longBig],
    values: [0, 1, 2, 255],
    heldAs: "Uint8Array",
  },
  {
    name: "float32",
    code: 16,
    bytes: 4,
    write: [(bytes, at, value) => bytes.writeFloatLE(value, at), (bytes, at, value) => bytes.writeFloatBE(value, at)],
    values: [-1.5, 0, 2 ** -126, 2 ** 127],
    heldAs: "Float32Array",
  },
  {
    name: "float64",
    code: 64,
    bytes: 8,
    write: [(bytes, at, value) => bytes.writeDoubleLE(value, at), (bytes, at, value) => bytes.writeDoubleBE(value, at)],
    values: [-1.5, 0, 0.1, 2 ** 100],
    heldAs: "Float32Array",
  },
];

function typedFile(
  { code, bytes, write, values }: StoredType,
  littleEndian: boolean,
  fields: NiftiFields = {},
): Buffer {
  const voxels = Buffer.alloc(105 * bytes);
  for (let i = 0; i < 105; i++) write[littleEndian ? 0 : 1](voxels, i * bytes, values[i % 4]);
  return niftiFile({ littleEndian, datatype: code, bitpix: 8 * bytes, ...fields }, voxels);
}

describe("readNifti voxels", () => {
  for (const type of types)
    for (const littleEndian of [true, false])
      it(`reads ${type.name}, ${littleEndian ? "little" : "big"} endian, as ${type.heldAs}`, async () => {
        const { channels, warnings } = await readBytes(typedFile(type, littleEndian), "scan.nii");
        assert.equal(channels[0].data.constructor.name, type.heldAs);
        const expected = type.heldAs === "Float32Array" ? type.values.map(Math.fround) : type.values;
        assert.deepEqual([...channels[0].data.subarray(0, 4)], expected);
        assert.deepEqual(channels[0].data[104], expected[0]);
        assert.deepEqual(warnings, []);
      });

  it("says how many whole numbers lost digits", async () => {
    const type = { ...types[4], values: [2 ** 24 + 1, 0, 0, 0] };
    const scan = await readBytes(typedFile(type, true), "scan.nii");
    assert.deepEqual(
      scan.warnings.map(({ code, text }) => [code, text]),
      [["N_PRECISION", "27 whole numbers were rounded to 24 bits"]], // every fourth of 105
    );
  });

  it("scales as nibabel does, every type in both byte orders", async function () {
    requireValidator(this, "nibabel");
    const files = types.flatMap((type) =>
      [true, false].map((littleEndian) =>
        fileOf(typedFile(type, littleEndian, { slope: 0.25, intercept: -3.5 }), `${type.name}.nii`),
      ),
    );
    const facts = nibabelFactsOf(files);
    for (const [i, file] of files.entries()) {
      const { channels } = await readScan(file);
      assertAllClose(channels[0].data, facts[i].voxels, { rel: FLOAT32_STEP });
    }
  }).timeout(10_000);
});

/** Turns, mirrors and moves at random, as a qform; [b, c, d] inside the unit ball. */
const qforms = fc.record({
  quaternion: fc
    .tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    )
    .map((parts) => parts.map((part) => part / Math.max(1, Math.hypot(...parts) * 1.000001))),
  qfac: fc.constantFrom(-1, 1),
  offsetXyz: fc.tuple(
    fc.integer({ min: -500, max: 500 }),
    fc.integer({ min: -500, max: 500 }),
    fc.integer({ min: -500, max: 500 }),
  ),
  version: fc.constantFrom(1 as const, 2 as const),
  littleEndian: fc.boolean(),
});

describe("readNifti places", () => {
  it("places images by qform where nibabel does", async function () {
    requireValidator(this, "nibabel");
    const files = fc
      .sample(qforms, { numRuns: 40, seed: 7 })
      .map(({ qfac, ...fields }) =>
        fileOf(niftiFile({ ...fields, sformCode: 0, qformCode: 1, pixdim: [qfac, 1, 2, 3] }), "scan.nii"),
      );
    await assertPlacedAsNibabel(files);
  }).timeout(10_000);

  it("places images by sform where nibabel does, and prefers it to the qform", async function () {
    requireValidator(this, "nibabel");
    const turned = [0, -2, 0, 12.5, 0.96, 0, 0.84, -7.25, 0.28, 0, -2.88, 100.125];
    const fields: readonly NiftiFields[] = [
      { sform: turned, pixdim: [1, 1, 2, 3] },
      { sform: turned, pixdim: [1, 1, 2, 3], qformCode: 2, quaternion: [1, 0, 0] },
      { sform: turned, pixdim: [1, 1, 2, 3], version: 2, littleEndian: false, sformCode: 4 },
    ];
    await assertPlacedAsNibabel(fields.map((each) => fileOf(niftiFile(each), "scan.nii")));
  }).timeout(10_000);

  it("takes a half turn whose quaternion was rounded to single precision as a half turn, as nifti_clib does", async () => {
    const half = Math.fround(Math.SQRT1_2);
    const fields: NiftiFields = { sformCode: 0, qformCode: 1, quaternion: [0, half, -half], offsetXyz: [150, 60, 170] };
    const { channels } = await readScan(fileOf(niftiFile({ ...fields, pixdim: [1, 1, 2, 3] }), "coronal.nii"));
    // i to the left, j to the feet, k to the back; a turn by the root of 1 - 2 half^2 would move voxels by 4e-4 per mm.
    const rows = [0, 0, 1, -150, 3, 0, 0, -60, 0, -2, 0, 170, 0, 0, 0, 1];
    assertAllClose(channels[0].indexToLps.rows, rows, { abs: 1e-6 });
  });

  async function assertPlacedAsNibabel(files: readonly string[]): Promise<void> {
    const facts = nibabelFactsOf(files);
    for (const [i, file] of files.entries()) {
      const { channels } = await readScan(file);
      assertAllClose(asNibabelAffine(channels[0].indexToLps.rows), facts[i].affine, { abs: 1e-9, rel: 1e-9 });
      assert.deepEqual([...channels[0].shape].reverse(), facts[i].shape);
    }
  }

  it("lists what it will read, with spacing and orientation", async () => {
    const { scans } = await findScans([fileOf(niftiFile({ xyztUnits: 0 }), "a.nii")]);
    const [{ summary, id, files, warnings }] = scans;
    assert.deepEqual([id, files.length, warningCodesOf({ warnings })], ["a.nii", 1, ["N_UNITS"]]);
    assert.deepEqual(summary, {
      shape: [3, 5, 7],
      spacingMm: [3, 2, 1],
      orientation: "SAR",
      modality: undefined,
      description: undefined,
      encoding: "NIfTI-1",
      voxelType: "int16",
    });
  });

  it("lists a scan that it will refuse to read, with the reason", async () => {
    const { scans } = await findScans([fileOf(niftiFile({ sformCode: 0 }), "a.nii")]);
    assert.deepEqual([scans[0].summary.shape, scans[0].problem?.code], [[3, 5, 7], "N_NO_ORIENT"]);
  });
});

describe("readNifti axis orders", () => {
  it("N69 reads one image, stored in each of 48 axis orders and directions, to the same value at each place", async () => {
    const expected = valuesByPlace((await readBytes(niftiFile(), "scan.nii")).channels[0]);
    for (const order of permutations)
      for (const signs of signTriples) {
        const { channels } = await readBytes(reorderedFile(order, signs), "scan.nii");
        assert.deepEqual(valuesByPlace(channels[0]), expected, `${order} ${signs}`);
      }
  }).timeout(10_000);
});

const permutations: readonly Triple[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
const signTriples = [1, -1].flatMap((p) => [1, -1].flatMap((q) => [1, -1].map((r): Triple => [p, q, r])));

/** The default image with its axis `order[n]` stored as axis n, backwards where the sign is -1. */
function reorderedFile(order: Triple, signs: Triple): Buffer {
  const sides = order.map((axis) => DEFAULT_SIDES[axis]);
  const step = order.map((axis, n) => signs[n] * [1, 2, 3][axis]);
  const first = order.map((axis, n) => (signs[n] < 0 ? sides[n] - 1 : 0) * [1, 2, 3][axis]);
  const sform = [0, 1, 2].flatMap((world) => {
    const n = order.indexOf(world);
    const row = [0, 0, 0];
    row[n] = step[n];
    return [...row, [-10, -20, -30][world] + first[n]];
  });
  const voxels = Buffer.alloc(210);
  for (let k = 0, at = 0; k < sides[2]; k++)
    for (let j = 0; j < sides[1]; j++)
      for (let i = 0; i < sides[0]; i++, at += 2) {
        const index = [0, 0, 0];
        for (const [n, value] of [i, j, k].entries()) index[order[n]] = signs[n] < 0 ? sides[n] - 1 - value : value;
        voxels.writeInt16LE(index[0] + 7 * (index[1] + 5 * index[2]) - 52, at);
      }
  const pixdim = [1, ...order.map((axis) => [1, 2, 3][axis])];
  return niftiFile({ dim: [3, ...sides, 1, 1, 1, 1], pixdim, sform }, voxels);
}

/** Voxel values by patient position. */
function valuesByPlace({ data, shape: [depth, height, width], indexToLps }: Volume): ReadonlyMap<string, number> {
  const values: [string, number][] = [];
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++)
        values.push([
          transformPoint(indexToLps, [d, h, w])
            .map((mm) => mm + 0)
            .join(),
          data[i],
        ]);
  return new Map(values);
}
