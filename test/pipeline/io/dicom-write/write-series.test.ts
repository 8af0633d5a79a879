import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDicomSeries } from "../../../../pipeline/io/dicom-write/write-series.ts";
import { indexToLpsOf, type Triple, transformPoint } from "../../../../pipeline/volume/affine.ts";
import { ConfigError, EnvironmentError, FormatError, GeometryError } from "../../../../pipeline/volume/errors.ts";
import type { Scan } from "../../../../pipeline/volume/scan.ts";
import { type Volume, type VoxelArray, volumeOf } from "../../../../pipeline/volume/volume.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { obliqueGrid, originOnGrid } from "../../../support/phantom-series.ts";
import { dciodvfyErrors } from "../../../support/segmentation-peers.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { debianPython, requireValidator } from "../../../support/validators.ts";

const grid = obliqueGrid([3, 5, 7], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});
const count = 3 * 5 * 7;

const scanOf = (data: VoxelArray, modality: string | undefined = "CT"): Scan => ({
  format: "test",
  channels: [volumeOf(data, grid)],
  modality,
  warnings: [],
  inputs: [],
});

const hounsfield = Int16Array.from({ length: count }, (_, i) => 37 * i - 1024);

describe("writeDicomSeries", () => {
  for (const modality of ["CT", "MR"] as const)
    it(`writes ${modality} slices in which dciodvfy finds no error`, async function () {
      requireValidator(this, "dciodvfy");
      const { files, warnings } = await writeDicomSeries(
        scanOf(hounsfield, modality),
        join(temporaryFolder(), "series"),
      );
      assert.deepEqual(warnings, []);
      assert.equal(files.length, 3);
      for (const file of files) assert.deepEqual(dciodvfyErrors(file, `${modality}Image`), []);
    });

  it("writes the voxels and the places that pydicom reads", async function () {
    requireValidator(this, "pydicom");
    const { files } = await writeDicomSeries(scanOf(hounsfield), join(temporaryFolder(), "series"));
    const { voxels, rows } = readByPydicom(files);
    assert.deepEqual(voxels, [...hounsfield]);
    assertAllClose(rows, grid.indexToLps.rows, { abs: 1e-9 });
  });

  it("writes unsigned 16-bit numbers as they are", async function () {
    requireValidator(this, "pydicom");
    const data = Uint16Array.from({ length: count }, (_, i) => 65535 - i);
    const { files } = await writeDicomSeries(scanOf(data), join(temporaryFolder(), "series"));
    assert.deepEqual(readByPydicom(files).voxels, [...data]);
  });

  it("keeps whole numbers from -40000 to 20000, which no 16-bit type holds, by an intercept", async function () {
    requireValidator(this, "pydicom");
    requireValidator(this, "dciodvfy");
    const data = Float32Array.from({ length: count }, (_, i) => (i === 0 ? 20000 : i - 40000));
    for (const modality of ["CT", "MR"] as const) {
      const { files, warnings } = await writeDicomSeries(scanOf(data, modality), join(temporaryFolder(), "series"));
      assert.deepEqual(readByPydicom(files).voxels, [...data]);
      assert.deepEqual(warnings, []);
      assert.deepEqual(dciodvfyErrors(files[0], `${modality}Image`), []);
    }
  });

  it("keeps a constant fraction to the precision of a 32-bit float", async function () {
    requireValidator(this, "pydicom");
    const data = new Float32Array(count).fill(0.1);
    const { files, warnings } = await writeDicomSeries(scanOf(data), join(temporaryFolder(), "series"));
    assert.deepEqual(Float32Array.from(readByPydicom(files).voxels), data);
    assert.deepEqual(warnings, []);
  });

  it("lies where dcm2niix puts it, for an oblique CT and MR of int16, uint16 and fractions", async function () {
    requireValidator(this, "dcm2niix");
    requireValidator(this, "nibabel");
    for (const [modality, data] of [
      ["CT", hounsfield],
      ["MR", Uint16Array.from(hounsfield, (value) => value + 1024)],
      ["MR", Float32Array.from(hounsfield, (value) => value / 7)],
    ] as const) {
      const folder = join(temporaryFolder(), "series");
      await writeDicomSeries(scanOf(data, modality), folder);
      const { voxels, places } = readByDcm2niix(folder);
      const stepOfRange = (Math.max(...data) - Math.min(...data)) / 65535;
      assertAllClose(voxels, data, { abs: 0.501 * stepOfRange });
      // NIfTI keeps 32-bit floats: 24 bits of numbers up to 128.
      assertAllClose(places, cornersLps(), { abs: 128 / 2 ** 24 });
    }
  });

  it("keeps an axis of slices that leans by less than a reader's tolerance", async function () {
    requireValidator(this, "pydicom");
    const rows = grid.indexToLps.rows.map((value, n) =>
      n % 4 === 0 ? value + 5e-4 * grid.indexToLps.rows[n + 2] : value,
    );
    const leaning = volumeOf(hounsfield, {
      shape: grid.shape,
      indexToLps: indexToLpsOf([...rows.slice(0, 12), 0, 0, 0, 1], "test"),
    });
    const { files } = await writeDicomSeries(
      { ...scanOf(hounsfield), channels: [leaning] },
      join(temporaryFolder(), "series"),
    );
    assertAllClose(readByPydicom(files).rows, leaning.indexToLps.rows, { abs: 1e-9 });
  });

  it("spreads fractions over 65,536 steps and warns of the rounding", async function () {
    requireValidator(this, "pydicom");
    const data = Float32Array.from({ length: count }, (_, i) => Math.sin(i));
    const { files, warnings } = await writeDicomSeries(scanOf(data), join(temporaryFolder(), "series"));
    // The range is at most 2, half a step 2 / 65535 / 2.
    assertAllClose(readByPydicom(files).voxels, data, { abs: 1.0001 / 65535 });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["W_ROUNDED"],
    );
  });

  it("writes the same bytes for the same scan, other UIDs for another", async () => {
    const [one, same, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    await writeDicomSeries(scanOf(hounsfield), join(one, "a"));
    await writeDicomSeries(scanOf(hounsfield), join(same, "a"));
    await writeDicomSeries(scanOf(hounsfield.with(0, 5)), join(other, "a"));
    const bytes = (parent: string) => readFileSync(join(parent, "a", "00002.dcm"));
    assert.deepEqual(bytes(one), bytes(same));
    assert.notDeepEqual(bytes(one), bytes(other));
  });

  it("keeps the patient and study of a scan that came from DICOM", async () => {
    const { files } = await writeDicomSeries(
      { ...scanOf(hounsfield), dicom: originOnGrid(grid) },
      join(temporaryFolder(), "series"),
    );
    const bytes = readFileSync(files[0]);
    assert.ok(bytes.includes("Phantom^Jörg") && bytes.includes("2.25.1001"));
    assert.ok(!bytes.includes("2.25.2001\0"), "the series UID is a new one");
  });

  it("gives a series whose source has no frame of reference one of its own", async function () {
    requireValidator(this, "dciodvfy");
    const dicom = { ...originOnGrid(grid), frameOfReferenceUid: undefined };
    const { files } = await writeDicomSeries({ ...scanOf(hounsfield), dicom }, join(temporaryFolder(), "series"));
    assert.deepEqual(dciodvfyErrors(files[0], "CTImage"), []);
  });

  it("gives an invented series the identity it is told", async () => {
    const identity = { patientName: "Nobody^A", patientId: "X1" };
    const { files } = await writeDicomSeries(scanOf(hounsfield), join(temporaryFolder(), "series"), { identity });
    assert.ok(readFileSync(files[0]).includes("Nobody^A"));
  });

  it("leaves a folder with files in it alone", async () => {
    const parent = temporaryFolder();
    await writeDicomSeries(scanOf(hounsfield), join(parent, "a"));
    await assert.rejects(writeDicomSeries(scanOf(hounsfield.with(0, 5)), join(parent, "a")), EnvironmentError);
    assert.deepEqual(readdirSync(parent), ["a"]);
    assert.equal(readdirSync(join(parent, "a")).length, 3);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const parent = temporaryFolder();
    const signal = AbortSignal.abort();
    await assert.rejects(writeDicomSeries(scanOf(hounsfield), join(parent, "a"), { signal }));
    assert.deepEqual(readdirSync(parent), []);
  });

  it("refuses sheared axes, several channels, an unknown modality and voxels that are not numbers", async () => {
    const path = join(temporaryFolder(), "series");
    const sheared: Volume = {
      ...volumeOf(hounsfield, grid),
      indexToLps: indexToLpsOf([0, 0, 1, 0, 0, 2, 0, 0, 3, 0.3, 0, 0, 0, 0, 0, 1], "test"),
    };
    const scan = scanOf(hounsfield);
    await assert.rejects(writeDicomSeries({ ...scan, channels: [sheared] }, path), GeometryError);
    await assert.rejects(writeDicomSeries({ ...scan, channels: [scan.channels[0], sheared] }, path), ConfigError);
    await assert.rejects(writeDicomSeries({ ...scan, modality: undefined }, path), ConfigError);
    const broken = Float32Array.from({ length: count }, (_, i) => (i === 50 ? Number.NaN : i));
    await assert.rejects(writeDicomSeries(scanOf(broken), path), FormatError);
  });
});

/** Positions of the first voxel and of the last along D, H and W, [x, y, z] after each other. */
function cornersLps(): readonly number[] {
  const corners: readonly Triple[] = [
    [0, 0, 0],
    [2, 0, 0],
    [0, 4, 0],
    [0, 0, 6],
  ];
  return corners.flatMap((corner) => transformPoint(grid.indexToLps, corner));
}

/** Voxels in the order [D, H, W] of the series and the positions of `cornersLps`, as dcm2niix sees them. */
function readByDcm2niix(folder: string): { readonly voxels: number[]; readonly places: number[] } {
  const script = `
import glob, json, subprocess, sys, numpy, nibabel
subprocess.run(["dcm2niix", "-z", "n", "-b", "n", "-f", "out", "-o", sys.argv[1] + "/..", sys.argv[1]], check=True, capture_output=True)
[path] = glob.glob(sys.argv[1] + "/../out*.nii")
image = nibabel.load(path)
# dcm2niix turns the rows round, so that they run against the patient's posterior.
to_lps = numpy.diag([-1, -1, 1, 1]) @ image.affine
voxels = image.get_fdata()[:, ::-1, :]
height = voxels.shape[1]
last = [[0, 0, 0], [0, 0, 2], [0, 4, 0], [6, 0, 0]]
places = [(to_lps @ [i, height - 1 - j, k, 1])[:3].tolist() for i, j, k in last]
print(json.dumps({"voxels": voxels.transpose(2, 1, 0).ravel().tolist(), "places": sum(places, [])}))`;
  const { stdout, stderr } = spawnSync(debianPython, ["-c", script, folder], { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout);
}

/** Voxels, slices in the order of the files, and the index-to-LPS matrix, as pydicom reads them. */
function readByPydicom(files: readonly string[]): { readonly voxels: number[]; readonly rows: number[] } {
  const script = `
import json, sys, numpy, pydicom
slices = [pydicom.dcmread(path) for path in sys.argv[1:]]
voxels = [(s.pixel_array * float(s.get("RescaleSlope", 1)) + float(s.get("RescaleIntercept", 0))).ravel() for s in slices]
first, last = (numpy.array(s.ImagePositionPatient, float) for s in (slices[0], slices[-1]))
cosines = numpy.array(slices[0].ImageOrientationPatient, float).reshape(2, 3)
height, width = map(float, slices[0].PixelSpacing)
rows = numpy.eye(4)
rows[:3] = numpy.stack([(last - first) / (len(slices) - 1), cosines[1] * height, cosines[0] * width, first], axis=1)
print(json.dumps({"voxels": numpy.concatenate(voxels).tolist(), "rows": rows.ravel().tolist()}))`;
  const { stdout, stderr } = spawnSync(debianPython, ["-c", script, ...files], { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  return JSON.parse(stdout);
}
