import { strict as assert } from "node:assert";
import { copyFileSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { chooseScan } from "../../../../../pipeline/io/choose-scan.ts";
import type { WrittenSeries } from "../../../../support/dicom-series.ts";
import {
  codesOf,
  foundIn,
  listingOf,
  rampOn,
  readFound,
  readOnly,
  refusalOf,
  seriesGrid,
  writtenSeries,
} from "../../../../support/dicom-series.ts";
import { type DicomEdits, editDicom, textInDicom } from "../../../../support/edited-dicom.ts";

const SERIES_UID = "0020,000e";
const SOP_UID = "0008,0018";
const sagittal = "0\\1\\0\\0\\0\\-1";

/** Puts changed copies of a series beside it, each with an image UID of its own. */
function addChanged({ folder, files }: WrittenSeries, edits: DicomEdits, count = files.length): readonly string[] {
  return files.slice(0, count).map((file, slice) => {
    const added = join(folder, `added-${basename(file)}`);
    copyFileSync(file, added);
    editDicom(added, { [SOP_UID]: `2.25.77${slice}`, ...edits });
    return added;
  });
}

describe("groupSlices, on written series", () => {
  it("S06 splits a localiser of another series from the volume", async () => {
    const series = await writtenSeries();
    addChanged(series, { [SERIES_UID]: "2.25.5", "0020,0037": sagittal }, 1);
    const { scans } = await listingOf(series.folder);
    assert.deepEqual(new Set(scans.map(({ summary }) => summary.shape?.[0])), new Set([10, 1]));
    for (const scan of scans) assert.equal(scan.problem, undefined);
  });

  it("S06 refuses a localiser with the volume's own series UID with S_MIXED, unless 90 % may stand for the series", async () => {
    const series = await writtenSeries();
    addChanged(series, { "0020,0037": sagittal }, 1);
    const refused = await listingOf(series.folder);
    assert.deepEqual(problemsOf(refused), ["S_MIXED", "S_MIXED"]);
    await assert.rejects(readFound(refused.scans[0]), /several; this one has 91 % of the slices/);
    // 10 of 11 slices are 91 %.
    const allowed = await listingOf(series.folder, { allowMixed: true });
    assert.deepEqual(problemsOf(allowed), [undefined, "S_MIXED"]);
    const { channels } = await readFound(allowed.scans[0], { allowMixed: true });
    assert.deepEqual(channels[0].data, series.volume.data);
  });

  it("S06 refuses a mixture without a geometry of 90 % even where mixtures are allowed", async () => {
    const series = await writtenSeries();
    addChanged(series, { "0020,0037": sagittal }, 2);
    // 10 of 12 slices are 83 %.
    assert.deepEqual(problemsOf(await listingOf(series.folder, { allowMixed: true })), ["S_MIXED", "S_MIXED"]);
  });

  it("S06 keeps slices together whose direction cosines differ in the last digits, on both sides of a rounding", async () => {
    const { folder, files, volume } = await writtenSeries();
    // 0.8005 lies half way between two numbers of three decimals.
    for (const [slice, file] of files.entries()) {
      const cosine = 0.8005 + (slice % 2 === 0 ? 4e-7 : -4e-7);
      const sine = Math.sqrt(1 - cosine ** 2);
      editDicom(file, { "0020,0037": [cosine, sine, 0, -sine, cosine, 0].map((value) => value.toFixed(7)).join("\\") });
    }
    assert.deepEqual((await readOnly(folder)).channels[0].data, volume.data);
  });

  it("S07 lists both of two series and chooses neither by itself", async () => {
    const series = await writtenSeries();
    addChanged(series, { [SERIES_UID]: "2.25.5" });
    const own = textInDicom(series.files[0], SERIES_UID);
    const listing = await listingOf(series.folder);
    assert.deepEqual(new Set(listing.scans.map(({ id }) => id)), new Set([own, "2.25.5"]));
    assert.throws(() => chooseScan(listing, { input: series.folder }), /expected one scan, got 2: .*2\.25\.5/);
    const { channels } = await readFound(chooseScan(listing, { input: series.folder, id: own }));
    assert.deepEqual(channels[0].data, series.volume.data);
  });

  it("S13 applies each slice's own rescale: stored times 1 + slice / 2, plus the slice's number", async () => {
    const { folder, files, volume } = await writtenSeries();
    for (const [slice, file] of files.entries())
      editDicom(file, { "0028,1053": String(1 + slice / 2), "0028,1052": String(slice) });
    const { channels } = await readOnly(folder);
    const area = 5 * 7;
    const expected = Array.from(volume.data, (value, i) => {
      const slice = Math.floor(i / area);
      return value * (1 + slice / 2) + slice;
    });
    assert.deepEqual([...channels[0].data], expected);
  });

  it("S14 refuses two frames of reference in a series with S_FOR", async () => {
    const { folder, files } = await writtenSeries();
    for (const file of files.slice(5)) editDicom(file, { "0020,0052": "2.25.8" });
    assert.match(await refusalOf(folder, "S_FOR"), /expected one frame of reference, got 2/);
  });

  for (const [clock, tag, values] of [
    ["temporal position", "0020,0100", ["1", "2"]],
    ["acquisition number", "0020,0012", ["9", "10"]],
    ["acquisition time", "0008,0032", ["101500", "101530.5"]],
  ] as const)
    it(`S19 lists two points in time by ${clock} and refuses to choose with S_4D, unless told which`, async () => {
      const series = await writtenSeries();
      const later = rampOn(seriesGrid).data.map((value) => -value);
      const second = await writtenSeries({ volume: { ...series.volume, data: later } });
      for (const file of series.files) editDicom(file, { [tag]: values[0] });
      const uid = textInDicom(series.files[0], SERIES_UID);
      const frame = textInDicom(series.files[0], "0020,0052");
      const study = textInDicom(series.files[0], "0020,000d");
      for (const file of second.files) {
        editDicom(file, { [tag]: values[1], [SERIES_UID]: uid, "0020,0052": frame, "0020,000d": study });
        renameSync(file, join(series.folder, `a-${basename(file)}`));
      }
      const refused = await listingOf(series.folder);
      assert.deepEqual(problemsOf(refused), ["S_4D", "S_4D"]);
      await assert.rejects(readFound(refused.scans[0]), /2 points in time\. Choose one with --volume/);
      for (const [volumeIndex, expected] of [series.volume.data, later].entries()) {
        const { scans } = await listingOf(series.folder, { volumeIndex });
        const [chosen, ...others] = scans.filter(({ problem }) => problem === undefined);
        assert.equal(others.length, 0);
        assert.deepEqual((await readFound(chosen, { volumeIndex })).channels[0].data, expected);
      }
    });

  it("S19 refuses positions that repeat without a clock that says why with S_DUPLICATE", async () => {
    const series = await writtenSeries();
    addChanged(series, {});
    assert.match(await refusalOf(series.folder, "S_DUPLICATE"), /two at 30\.000 mm/);
  });

  it("S33 keeps two patients with the same PatientID apart, and never names either", async () => {
    const one = await writtenSeries();
    addChanged(one, { "0020,000d": "2.25.41", [SERIES_UID]: "2.25.42", "0010,0010": "Other^Person" });
    const { scans } = await listingOf(one.folder);
    assert.equal(scans.length, 2);
    for (const file of one.files) assert.equal(textInDicom(file, "0010,0020"), "ANONYMOUS");
    assert.ok(!/Person|ANONYMOUS/.test(JSON.stringify(scans)));
  });

  it("S33 takes the same series UID in two studies for two scans", async () => {
    const one = await writtenSeries();
    addChanged(one, { "0020,000d": "2.25.41" });
    assert.deepEqual(
      (await listingOf(one.folder)).scans.map(({ summary }) => summary.shape),
      [
        [10, 5, 7],
        [10, 5, 7],
      ],
    );
  });

  it("takes files of one folder and frame of reference without a series UID as a series, and warns D_UID", async () => {
    const { folder, files, volume } = await writtenSeries();
    for (const file of files) editDicom(file, { [SERIES_UID]: "" });
    const found = await foundIn(folder);
    assert.deepEqual(codesOf(found), ["D_UID"]);
    assert.equal(found.id, folder);
    assert.deepEqual((await readFound(found)).channels[0].data, volume.data);
  });

  it("takes each file as a scan of its own where neither series nor frame of reference is known", async () => {
    const { folder, files } = await writtenSeries();
    for (const file of files) editDicom(file, { [SERIES_UID]: "", "0020,0052": "" });
    const { scans } = await listingOf(folder);
    assert.deepEqual(new Set(scans.map(({ id }) => id)), new Set(files));
  });
});

function problemsOf({ scans }: Awaited<ReturnType<typeof listingOf>>): readonly (string | undefined)[] {
  return scans.map(({ problem }) => problem?.code);
}
