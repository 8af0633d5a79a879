import { strict as assert } from "node:assert";
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { dicomFormat } from "../../../../../pipeline/io/dicom/dicom-format.ts";
import { findScans } from "../../../../../pipeline/io/find-scans.ts";
import { closeParsingPool } from "../../../../../pipeline/io/parsing-pool.ts";
import { defaultLimits } from "../../../../../pipeline/volume/limits.ts";
import {
  codesOf,
  foundIn,
  listingOf,
  readFound,
  readOnly,
  refusalOf,
  writtenSeries,
} from "../../../../support/dicom-series.ts";

const area = 5 * 7;

describe("DICOM series with missing, repeated or damaged slices", () => {
  after(closeParsingPool);

  it("S01 refuses a missing slice with S_GAP that says where it was", async () => {
    const { folder, files } = await writtenSeries();
    rmSync(files[4]);
    // The first slice lies at z = 30, the fifth 4 steps of 3 mm above it.
    assert.match(await refusalOf(folder, "S_GAP"), /1 missing at 42\.000 mm along the normal/);
  });

  it("S01 leaves the plane empty where allowed: the smallest voxel there is, nothing interpolated", async () => {
    const { folder, files, volume } = await writtenSeries();
    rmSync(files[4]);
    const { channels, warnings } = await readOnly(folder, { allowGap: true });
    const expected = volume.data.slice();
    expected.fill(-1000, 4 * area, 5 * area);
    assert.deepEqual(channels[0].shape, [10, 5, 7]);
    assert.deepEqual([...channels[0].data], [...expected]);
    assert.deepEqual(codesOf({ warnings }), ["S_GAP"]);
    assert.deepEqual(channels[0].indexToLps.rows, volume.indexToLps.rows);
  });

  it("S02 refuses two missing slices with S_GAP, together or apart", async () => {
    for (const [missing, places] of [
      [[3, 4], "39.000"],
      [[3, 6], "39.000, 48.000"],
    ] as const) {
      const { folder, files } = await writtenSeries();
      for (const slice of missing) rmSync(files[slice]);
      assert.ok((await refusalOf(folder, "S_GAP")).includes(`2 missing at ${places} mm`));
      const { channels } = await readOnly(folder, { allowGap: true });
      for (const slice of missing)
        assert.deepEqual(new Set(channels[0].data.subarray(slice * area, (slice + 1) * area)), new Set([-1000]));
    }
  });

  for (const [row, name] of [
    ["S03", "copy.dcm"],
    ["S30", "00003.DCM"],
  ] as const)
    it(`${row} drops a second copy (${name}) and warns S_COPY`, async () => {
      const { folder, files, volume } = await writtenSeries();
      copyFileSync(files[2], join(folder, name));
      const found = await foundIn(folder);
      assert.deepEqual(codesOf(found), ["S_COPY"]);
      const scan = await readFound(found);
      assert.deepEqual(scan.channels[0].data, volume.data);
      assert.deepEqual(codesOf(scan), ["S_COPY"]);
    });

  for (const [row, name] of [
    ["S04", "changed.dcm"],
    ["S30", "00003.DCM"],
  ] as const)
    it(`${row} refuses the same image UID over other pixels (${name}) with S_UID_CONFLICT`, async () => {
      const { folder, files } = await writtenSeries();
      const changed = readFileSync(files[2]);
      changed[changed.length - 1] ^= 1;
      writeFileSync(join(folder, name), changed);
      const message = await refusalOf(folder, "S_UID_CONFLICT");
      assert.ok([name, basename(files[2])].some((either) => message.includes(either)));
    });

  it("S16 refuses a series whose last file is truncated, by the file's name", async () => {
    const { folder, files } = await writtenSeries();
    truncateSync(files[9], readFileSync(files[9]).length - 20);
    const [refusal, ...others] = (await listingOf(folder)).refusals;
    assert.equal(refusal.path, files[9]);
    assert.deepEqual(others, []);
    assert.ok((await refusalOf(folder, "D_PIXEL_SHORT")).startsWith(files[9]));
  });

  it("S22 names an empty file, F_EMPTY or by its ending D_EMPTY, and reads the series, unless the geometry shows a gap", async () => {
    const { folder, files } = await writtenSeries();
    writeFileSync(join(folder, "empty"), "");
    const whole = await findScans([folder]);
    assert.deepEqual(codesOfRefusals(whole), ["F_EMPTY"]);
    assert.equal(whole.scans[0].problem, undefined);
    truncateSync(files[6], 0);
    const broken = await findScans([folder]);
    assert.deepEqual(codesOfRefusals(broken), ["F_EMPTY", "D_EMPTY"]);
    assert.equal(broken.scans[0].problem?.code, "S_GAP");
  });

  it("S31 refuses 20,001 files with S_TOO_MANY by their count: none of these exists", async () => {
    const files = Array.from({ length: 20_001 }, (_, i) => `/nowhere/${i}.dcm`);
    await assert.rejects(dicomFormat.list(files, { limits: defaultLimits }), /at most 20000 DICOM files.*got 20001/);
    const few = { limits: { ...defaultLimits, slices: 2 } };
    await assert.rejects(dicomFormat.list(files.slice(0, 3), few), /at most 2 DICOM files.*got 3/);
  });
});

function codesOfRefusals({ refusals }: Awaited<ReturnType<typeof listingOf>>): readonly string[] {
  return refusals.map(({ problem }) => problem.code);
}
