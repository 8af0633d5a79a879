import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { readNifti } from "../../../../pipeline/io/nifti/read-nifti.ts";
import { writeNifti } from "../../../../pipeline/io/nifti/write-nifti.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { indexToLpsOf } from "../../../../pipeline/volume/affine.ts";
import type { LabelClass } from "../../../../pipeline/volume/label-class.ts";
import { defaultLimits } from "../../../../pipeline/volume/limits.ts";
import type { Scan } from "../../../../pipeline/volume/scan.ts";
import { type Grid, gridDistanceMm, type VoxelArray, volumeOf } from "../../../../pipeline/volume/volume.ts";
import { asNibabelAffine, nibabelFactsOf } from "../../../support/nibabel.ts";
import { niftiFile } from "../../../support/nifti-file.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { obliqueGrid } from "../../../support/phantom-series.ts";
import { codeOfFailure, readBytes } from "../../../support/read-bytes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { requireValidator } from "../../../support/validators.ts";

const grid = obliqueGrid([3, 5, 7], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});
const organ: LabelClass = { id: 1, name: "organ", colorRgb: [255, 0, 0] };

/** The corner-to-corner distance that single precision leaves within half a metre of the origin. */
const FLOAT32_DISTANCE_MM = 1e-4;

function scanOf(data: VoxelArray, { on = grid, ...rest }: Partial<Scan> & { readonly on?: Grid } = {}): Scan {
  return { format: "test", channels: [volumeOf(data, on)], modality: undefined, warnings: [], inputs: [], ...rest };
}

const pathOf = (name: string) => join(temporaryFolder(), name);
const counting = <T extends VoxelArray>(data: T): T => data.map((_, i) => i % 251) as T;

describe("writeNifti", () => {
  for (const data of [new Uint8Array(105), new Int16Array(105), new Uint16Array(105), new Float32Array(105)])
    for (const ending of [".nii", ".nii.gz"])
      it(`writes ${data.constructor.name} as ${ending} that nibabel reads with the same voxels and place`, async function () {
        requireValidator(this, "nibabel");
        const scan = scanOf(counting(data));
        const [facts] = nibabelFactsOf([await writeNifti(scan, pathOf(`scan${ending}`))]);
        assert.equal(`${facts.type}`, data.constructor.name.replace("Array", "").toLowerCase());
        assert.deepEqual(facts.shape, [7, 5, 3]);
        assert.deepEqual(facts.voxels, [...scan.channels[0].data]);
        assert.deepEqual([facts.codes, facts.units, facts.intent], [[1, 1], 2, 0]);
        const affine = asNibabelAffine(grid.indexToLps.rows);
        assertAllClose(facts.sform ?? [], affine, { abs: 1e-5 });
        assertAllClose(facts.qform ?? [], affine, { abs: 1e-5 });
        assertAllClose(facts.zooms, [1, 2, 3], { rel: 1e-6 });
      });

  it("writes class ids in the smallest type, with intent 1002, its name and the display range", async function () {
    requireValidator(this, "nibabel");
    const classes = [organ, { ...organ, id: 305 }];
    const small = scanOf(
      Uint16Array.from({ length: 105 }, (_, i) => i % 4),
      { classes },
    );
    const floats = scanOf(
      Float32Array.from({ length: 105 }, (_, i) => i % 4),
      { classes },
    );
    const large = scanOf(
      Float32Array.from({ length: 105 }, (_, i) => i + 200),
      { classes },
    );
    const paths = [];
    for (const scan of [small, floats, large]) paths.push(await writeNifti(scan, pathOf("labels.nii.gz")));
    const facts = nibabelFactsOf(paths);
    assert.deepEqual(
      facts.map(({ type, intent, intentName, calibration }) => [type, intent, intentName, ...calibration]),
      [
        ["uint8", 1002, "labels", 0, 305],
        ["uint8", 1002, "labels", 0, 305],
        ["uint16", 1002, "labels", 0, 305],
      ],
    );
    assert.deepEqual(
      facts[2].voxels,
      Array.from({ length: 105 }, (_, i) => i + 200),
    );
  });

  it("keeps the qform, sform and codes of a NIfTI input bit for bit", async () => {
    const fields = {
      qformCode: 2,
      sformCode: 4,
      quaternion: [0.1, 0.2, 0.3],
      offsetXyz: [-10.1, -20.2, -30.3],
      sform: [0.96, 0, -0.84, -10.1, 0, 2, 0, -20.2, 0.28, 0, 2.88, -30.3],
      pixdim: [-1, 1, 2, 3],
      xyztUnits: 10,
    };
    const input = niftiFile(fields);
    const scan = await readBytes(input, "scan.nii");
    const output = readFileSync(await writeNifti(scan, pathOf("scan.nii")));
    assert.deepEqual(output.subarray(252, 328), input.subarray(252, 328)); // both codes to srow_z
    assert.deepEqual(output.subarray(76, 92), input.subarray(76, 92)); // pixdim[0..3]
    assert.equal(output[123], 10);
  });

  it("gives a crop of a NIfTI input its own place", async () => {
    const scan = await readBytes(niftiFile(), "scan.nii");
    const rows = [...scan.channels[0].indexToLps.rows];
    rows[11] += 3;
    const moved = { shape: scan.channels[0].shape, indexToLps: indexToLpsOf(rows, "moved") };
    const back = await readScan(
      await writeNifti({ ...scan, channels: [{ ...scan.channels[0], ...moved }] }, pathOf("a.nii")),
    );
    assert.ok(gridDistanceMm(back.channels[0], moved) <= FLOAT32_DISTANCE_MM);
  });

  it("writes the same bytes each time, without a time or a name in the gzip header", async () => {
    const scan = scanOf(counting(new Int16Array(105)));
    const [first, second] = [
      await writeNifti(scan, pathOf("one.nii.gz")),
      await writeNifti(scan, pathOf("two.nii.gz")),
    ];
    assert.deepEqual(readFileSync(first), readFileSync(second));
    assert.deepEqual([...readFileSync(first).subarray(0, 8)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
  });

  it("deflates several pieces into one gzip member that holds every byte", async () => {
    const shape = [5, 512, 1024] as const;
    const data = new Int16Array(5 * 512 * 1024).map((_, i) => (i * 2654435761) >> 20);
    const path = await writeNifti(scanOf(data, { on: { ...grid, shape } }), pathOf("big.nii.gz"));
    const inflated = gunzipSync(readFileSync(path));
    assert.deepEqual(inflated.subarray(352), Buffer.from(data.buffer));
  });

  it("writes NIfTI-2 where a side is longer than 32,767", async function () {
    requireValidator(this, "nibabel");
    const shape = [1, 2, 40_000] as const;
    const path = await writeNifti(
      scanOf(new Uint8Array(80_000).fill(3, 79_999), { on: { ...grid, shape } }),
      pathOf("a.nii"),
    );
    const [facts] = nibabelFactsOf([path]);
    assert.deepEqual([facts.shape, facts.voxels[79_998], facts.voxels[79_999]], [[40_000, 2, 1], 0, 3]);
  });

  it("writes an sform alone for a sheared grid, which comes back", async () => {
    const sheared = {
      ...grid,
      indexToLps: indexToLpsOf([0, 0, 1, 4, 0.5, 2, 0, 5, 3, 0, 0, 6, 0, 0, 0, 1], "sheared"),
    };
    const path = await writeNifti(scanOf(new Uint8Array(105).fill(1, 3), { on: sheared }), pathOf("a.nii"));
    assert.equal(readFileSync(path).readInt16LE(252), 0);
    const back = await readNifti(path, { straighten: true, limits: defaultLimits }); // as it lies in the file
    assert.ok(gridDistanceMm(back.channels[0], sheared) <= FLOAT32_DISTANCE_MM);
  });

  it("writes both forms for axes that rounded direction cosines leave a hundred-thousandth off square", async () => {
    const rows = [...grid.indexToLps.rows];
    rows[2] += 8e-6;
    const rounded = { ...grid, indexToLps: indexToLpsOf(rows, "rounded") };
    const path = await writeNifti(scanOf(new Uint8Array(105).fill(1, 3), { on: rounded }), pathOf("a.nii"));
    assert.deepEqual([readFileSync(path).readInt16LE(252), readFileSync(path).readInt16LE(254)], [1, 1]);
  });

  it("refuses several channels, class ids between whole numbers, and a place beyond single precision", async () => {
    const path = pathOf("a.nii");
    const [image] = scanOf(new Uint8Array(105)).channels;
    const far = { ...grid, indexToLps: indexToLpsOf([0, 0, 1, 1e6 + 0.01, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 1], "far") };
    assert.equal(await codeOfFailure(writeNifti(scanOf(image.data, { channels: [image, image] }), path)), "W_CHANNELS");
    const halves = scanOf(new Float32Array(105).fill(0.5), { classes: [organ] });
    assert.equal(await codeOfFailure(writeNifti(halves, path)), "L_NOT_INTEGER");
    assert.equal(await codeOfFailure(writeNifti(scanOf(image.data, { on: far }), path)), "W_GEOMETRY");
    assert.deepEqual(readdirSync(dirname(path)), []);
  });

  it("leaves nothing when it is stopped", async () => {
    const path = pathOf("a.nii.gz");
    const signal = AbortSignal.abort(new Error("stopped"));
    await assert.rejects(writeNifti(scanOf(new Uint8Array(105)), path, { signal }), /stopped/);
    assert.deepEqual(readdirSync(dirname(path)), []);
  });
});

const grids = fc.record({
  shape: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
  angles: fc.tuple(
    ...([3.2, 3.2, 3.2].map((most) => fc.double({ min: -most, max: most, noNaN: true })) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  ),
  spacingMm: fc.tuple(
    ...([5, 5, 5].map((most) => fc.double({ min: 0.1, max: most, noNaN: true })) as [
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
      fc.Arbitrary<number>,
    ]),
  ),
  originXyz: fc.tuple(
    fc.integer({ min: -500, max: 500 }),
    fc.integer({ min: -500, max: 500 }),
    fc.integer({ min: -500, max: 500 }),
  ),
  isMirrored: fc.boolean(),
});

describe("writeNifti and readNifti", () => {
  it("give back voxels exactly and places within single precision, for any grid and any voxels", async () => {
    await fc.assert(
      fc.asyncProperty(
        grids,
        fc.infiniteStream(fc.float({ noNaN: true, noDefaultInfinity: true })),
        async (any, stream) => {
          const { shape, isMirrored } = any;
          const { indexToLps } = obliqueGrid(shape, any);
          const rows = indexToLps.rows.map((value, i) => (isMirrored && i % 4 === 0 && i < 12 ? -value : value));
          const on = { shape, indexToLps: indexToLpsOf(rows, "any grid") };
          const values = stream.take(shape[0] * shape[1] * shape[2]);
          const scan = scanOf(Float32Array.from(values), { on });
          const back = await readScan(await writeNifti(scan, pathOf("a.nii.gz")));
          assert.deepEqual(back.channels[0].data, scan.channels[0].data);
          assert.ok(gridDistanceMm(back.channels[0], on) <= FLOAT32_DISTANCE_MM);
        },
      ),
      { numRuns: 40 },
    );
  }).timeout(10_000);
});
