import { strict as assert } from "node:assert";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { closeParsingPool } from "../../../../../pipeline/io/parsing-pool.ts";
import { readScan } from "../../../../../pipeline/io/read-scan.ts";
import { transformPoint } from "../../../../../pipeline/volume/affine.ts";
import { codesOf, foundIn, readOnly, refusalOf, seriesGrid, writtenSeries } from "../../../../support/dicom-series.ts";
import { editDicom } from "../../../../support/edited-dicom.ts";
import { assertAllClose } from "../../../../support/numbers.ts";
import { volumeByIndex } from "../../../../support/volume-by-index.ts";

const POSITION = "0020,0032";

/** Moves each slice, [x, y, z] in mm by its number. */
function move(files: readonly string[], placeOf: (slice: number) => readonly number[]): void {
  for (const [slice, file] of files.entries()) editDicom(file, { [POSITION]: placeOf(slice).join("\\") });
}

describe("stackOf, on written series", () => {
  after(closeParsingPool);

  it("S08 refuses a step that is 1 mm longer than the others with S_IRREGULAR", async () => {
    const { folder, files } = await writtenSeries();
    move(files, (slice) => [10, -20, 30 + 3 * slice + (slice > 5 ? 1 : 0)]);
    assert.match(await refusalOf(folder, "S_IRREGULAR"), /every 3\.000 mm, got a step of 4\.000 mm behind 45\.000 mm/);
  });

  it("S08 refuses a step that is off by more than 1 %, and no other", async () => {
    const { folder, files } = await writtenSeries();
    move(files, (slice) => [10, -20, 30 + 3 * slice + (slice > 5 ? 0.029 : 0)]);
    assert.equal((await foundIn(folder)).problem, undefined);
    move(files, (slice) => [10, -20, 30 + 3 * slice + (slice > 5 ? 0.031 : 0)]);
    assert.equal((await foundIn(folder)).problem?.code, "S_IRREGULAR");
  });

  it("S08 refuses a slice pushed aside by a pixel with S_IRREGULAR", async () => {
    const { folder, files } = await writtenSeries();
    move(files, (slice) => [slice === 4 ? 11 : 10, -20, 30 + 3 * slice]);
    assert.match(await refusalOf(folder, "S_IRREGULAR"), /one at 42\.000 mm that is 1\.000 mm out of line/);
  });

  it("S09 takes positions that jitter by 0.01 mm, their step from the first and the last", async () => {
    const { folder, files, volume } = await writtenSeries();
    move(files, (slice) => [10, -20, 30 + 3 * slice + [0, 0.01, -0.01][slice % 3]]);
    const { channels, warnings } = await readOnly(folder);
    assert.deepEqual(codesOf({ warnings }), []);
    assert.deepEqual(channels[0].data, volume.data);
    assertAllClose(channels[0].indexToLps.rows, volume.indexToLps.rows, { abs: 1e-9 });
  });

  it("S10 refuses a tilted stack with S_TILT", async () => {
    const { folder, files } = await writtenSeries();
    move(files, (slice) => [10, -20 + 0.5 * slice, 30 + 3 * slice]);
    assert.match(await refusalOf(folder, "S_TILT"), /--straighten/);
  });

  it("S10 straightens a tilted stack where asked: a ramp through the patient stays that ramp", async () => {
    // Intensity 100 + 2 x + 5 y + 3 z at every place, on slices that move 0.5 mm along y from one to the next.
    const intensityAt = ([x, y, z]: readonly number[]) => 100 + 2 * x + 5 * y + 3 * z;
    const tilted = ([d, h, w]: readonly number[]) => [10 + w, -20 + 2 * h + 0.5 * d, 30 + 3 * d];
    const { folder, files } = await writtenSeries({
      volume: volumeByIndex(seriesGrid, (index) => Math.round(2 * intensityAt(tilted(index)))),
    });
    move(files, (slice) => tilted([slice, 0, 0]));
    const { channels } = await readScan(folder, { straighten: true });
    const [{ data, shape, indexToLps }] = channels;
    const axes = [0, 1, 2].map((c) => [0, 4, 8].map((row) => indexToLps.rows[row + c]));
    assertAllClose(axes.flat(), [0, 0, 3, 0, 2, 0, 1, 0, 0], { abs: 1e-9 });
    // In the middle, away from what lies outside of the tilted slices.
    const index = [5, shape[1] >> 1, 3] as const;
    const voxel = data[(index[0] * shape[1] + index[1]) * shape[2] + index[2]];
    assertAllClose([voxel], [2 * intensityAt(transformPoint(indexToLps, index))], { abs: 1 });
  });

  it("S11 reads files in reverse or mixed order to the same voxels in the same places", async () => {
    const { folder, files, volume } = await writtenSeries();
    for (const [slice, file] of files.entries()) renameSync(file, join(folder, `${(7 * slice + 3) % 10}.dcm`));
    const { channels } = await readOnly(folder);
    assert.deepEqual(channels[0].data, volume.data);
    assert.deepEqual(channels[0].indexToLps.rows, volume.indexToLps.rows);
  });

  it("S11 runs along the normal, whichever way the instance numbers run", async () => {
    const { folder, files, volume } = await writtenSeries();
    for (const [slice, file] of files.entries()) editDicom(file, { "0020,0013": String(10 - slice) });
    assert.deepEqual((await readOnly(folder)).channels[0].data, volume.data);
  });

  it("S21 does not need instance numbers: all may be 1", async () => {
    const { folder, files, volume } = await writtenSeries();
    for (const file of files) editDicom(file, { "0020,0013": "1" });
    const { channels, warnings } = await readOnly(folder);
    assert.deepEqual(channels[0].data, volume.data);
    assert.deepEqual(warnings, []);
  });

  for (const [thickness, relation] of [
    ["5", "overlap"],
    ["2", "have gaps between them"],
  ])
    it(`S23 takes the step from the positions and warns S_THICKNESS where slices of ${thickness} mm ${relation}`, async () => {
      const { folder, files, volume } = await writtenSeries();
      for (const file of files) editDicom(file, { "0018,0050": thickness });
      const { channels, warnings } = await readOnly(folder);
      assert.deepEqual(codesOf({ warnings }), ["S_THICKNESS"]);
      assert.ok(warnings[0].text.includes(relation));
      assert.deepEqual(channels[0].indexToLps.rows, volume.indexToLps.rows);
    });

  it("takes a single slice as thick as it says, along its normal", async () => {
    const { folder } = await writtenSeries({
      volume: volumeByIndex({ ...seriesGrid, shape: [1, 5, 7] }, ([, h, w]) => h * w),
    });
    const { channels } = await readOnly(folder);
    assert.deepEqual(channels[0].shape, [1, 5, 7]);
    assert.deepEqual(channels[0].indexToLps.rows, seriesGrid.indexToLps.rows);
  });
});
