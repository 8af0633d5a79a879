import { strict as assert } from "node:assert";
import { intensityMapOf, prepare } from "../../../pipeline/stages/prepare.ts";
import { FormatError } from "../../../pipeline/volume/errors.ts";
import { boxesVolume, mrScan, straightGrid } from "../../support/boxes-scan.ts";
import { readOnly, writtenSeries } from "../../support/dicom-series.ts";
import { levelBundle } from "../../support/level-bundle.ts";
import { assertClose } from "../../support/numbers.ts";

describe("intensityMapOf", () => {
  const values = Int16Array.of(0, 0, 2, 4, 6);

  it("takes the z-score over the whole volume: mean 2.4, deviation sqrt(5.44)", () => {
    const map = intensityMapOf(values, { kind: "z-score", over: "volume" });
    assertClose(map.subtract, 2.4, { abs: 1e-12 });
    assertClose(map.divide, Math.sqrt(5.44), { abs: 1e-12 });
  });

  it("takes the z-score over the voxels that are not 0: mean 4, deviation sqrt(8/3)", () => {
    const map = intensityMapOf(values, { kind: "z-score", over: "non-zero" });
    assertClose(map.subtract, 4, { abs: 1e-12 });
    assertClose(map.divide, Math.sqrt(8 / 3), { abs: 1e-12 });
  });

  it("clips a CT window before it is centred", () => {
    const map = intensityMapOf(values, { kind: "window", lower: -10, upper: 5, mean: 1, std: 2 });
    assert.deepEqual(map, { lower: -10, upper: 5, subtract: 1, divide: 2 });
  });

  it("maps the 25th percentile to 0 and the 75th to 1", () => {
    const map = intensityMapOf(values, { kind: "percentile", over: "volume", lower: 25, upper: 75 });
    assert.deepEqual(map, { lower: 0, upper: 4, subtract: 0, divide: 4 });
  });

  it("divides by 1 where all values are equal, so that N45 a constant image gives 0 and never NaN", () => {
    for (const kind of ["z-score", "min-max"] as const)
      assert.equal(intensityMapOf(Int16Array.of(7, 7), { kind, over: "volume" }).divide, 1);
  });
});

const hasCode = (code: string) => (error: Error) => error instanceof FormatError && error.problem.code === code;

describe("prepare", () => {
  const grid = straightGrid([3, 5, 7], [3, 2, 1]);
  const scan = mrScan(boxesVolume(grid, [{ box: { start: [0, 0, 0], stop: [1, 1, 1] }, intensity: 9 }]));

  it("S35 refuses a CT scan for an MR bundle with M_MODALITY, unless told to take any", async () => {
    const { manifest } = await levelBundle();
    const ct = { ...scan, modality: "CT" };
    await assert.rejects(prepare(ct, { manifest }), /expected modality MR for bundle levels, got CT/);
    assert.equal((await prepare(ct, { manifest, anyModality: true })).grid.shape[2], 7);
  });

  it("S17 refuses a single slice for a 3-D network with S_TOO_FEW, and takes it for a 2-D one", async () => {
    const slice = mrScan(boxesVolume(straightGrid([1, 5, 7], [3, 2, 1]), []));
    const { manifest } = await levelBundle();
    await assert.rejects(prepare(slice, { manifest }), hasCode("S_TOO_FEW"));
    const [network] = manifest.networks;
    for (const patch of [
      { kind: "fixed", size: [1, 16, 16] },
      { kind: "multiple-of", step: [1, 1, 1], largest: [1, 16, 16] },
    ] as const) {
      const flat = { ...manifest, networks: [{ ...network, patch }] };
      assert.deepEqual((await prepare(slice, { manifest: flat })).grid.shape, [1, 5, 7]);
    }
  });

  it("S36 refuses a DICOM folder with nothing but a localiser with S_TOO_FEW", async () => {
    const volume = boxesVolume(straightGrid([1, 5, 7], [3, 2, 1]), []);
    const { folder } = await writtenSeries({ volume, modality: "MR" });
    const { manifest } = await levelBundle();
    await assert.rejects(prepare(await readOnly(folder), { manifest }), hasCode("S_TOO_FEW"));
  });

  it("S34 refuses a secondary capture for a bundle that needs Hounsfield units with S_NOT_PRIMARY", async () => {
    const { manifest } = await levelBundle();
    const warnings = [{ code: "S_NOT_PRIMARY", where: "a.dcm", text: "a secondary capture" }];
    const captured = { ...scan, modality: "CT", warnings };
    const onlyCt = { ...manifest, modalities: ["CT"] };
    await assert.rejects(prepare(captured, { manifest: onlyCt }), hasCode("S_NOT_PRIMARY"));
    assert.equal((await prepare(captured, { manifest: onlyCt, anyModality: true })).channels.length, 1);
    const either = { ...manifest, modalities: ["CT", "MR"] };
    assert.equal((await prepare(captured, { manifest: either })).channels.length, 1);
  });

  it("refuses a scan with another number of channels with M_CHANNELS", async () => {
    const { manifest } = await levelBundle();
    const [channel] = scan.channels;
    await assert.rejects(
      prepare({ ...scan, channels: [channel, channel] }, { manifest }),
      /expected 1 channels \(T2\)/,
    );
  });

  it("warns N_CONSTANT of an image without contrast", async () => {
    const { manifest } = await levelBundle();
    const { warnings } = await prepare(mrScan(boxesVolume(grid, [])), { manifest });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["N_CONSTANT"],
    );
  });

  it("turns the axes to where the bundle wants them and keeps each voxel in its place", async () => {
    const { manifest } = await levelBundle({ orientation: "LAI" });
    const { grid: turned, channels } = await prepare(scan, { manifest });
    assert.deepEqual(turned.shape, [7, 5, 3]);
    // The bright voxel lies rightmost, foremost and lowest: first along L, last along A and along I.
    assert.equal(channels[0].data[4 * 3 + 2], 9);
  });
});
