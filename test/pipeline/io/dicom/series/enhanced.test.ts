import { strict as assert } from "node:assert";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DicomDataset, encodeDicom } from "../../../../../pipeline/io/dicom-write/encode-dicom.ts";
import { listingOf, rampOn, readFound, readOnly, seriesGrid } from "../../../../support/dicom-series.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";

const ramp = rampOn(seriesGrid);
const [depth, height, width] = seriesGrid.shape;
const area = height * width;

/** A frame: which slice of the ramp it shows, and the functional groups beside its position. */
interface Frame {
  readonly slice: number;
  readonly groups?: DicomDataset;
}

/** An enhanced MR image of frames in any order; the groups that frames share can be replaced. */
function enhancedFile(frames: readonly Frame[], shared: DicomDataset = {}, changes: DicomDataset = {}): string {
  const dataset: DicomDataset = {
    SOPClassUID: "1.2.840.10008.5.1.4.1.1.4.1",
    SOPInstanceUID: "2.25.61",
    StudyInstanceUID: "2.25.62",
    SeriesInstanceUID: "2.25.63",
    FrameOfReferenceUID: "2.25.64",
    Modality: "MR",
    Rows: height,
    Columns: width,
    NumberOfFrames: frames.length,
    SamplesPerPixel: 1,
    PhotometricInterpretation: "MONOCHROME2",
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"] }],
        PixelMeasuresSequence: [{ PixelSpacing: ["2", "1"], SliceThickness: "3", SpacingBetweenSlices: "3" }],
        ...shared,
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ slice, groups }) => ({
      PlanePositionSequence: [{ ImagePositionPatient: ["10", "-20", String(30 + 3 * slice)] }],
      ...groups,
    })),
    ...changes,
  };
  const pixels = new Int16Array(
    frames.flatMap(({ slice }) => [...ramp.data.subarray(slice * area, (slice + 1) * area)]),
  );
  const folder = temporaryFolder();
  const chunks = encodeDicom(dataset, { vr: "OW", bytes: new Uint8Array(pixels.buffer) });
  writeFileSync(join(folder, "enhanced.dcm"), Buffer.concat(chunks));
  return folder;
}

const shuffled = Array.from({ length: depth }, (_, i): Frame => ({ slice: (7 * i + 3) % depth }));

describe("slicesOfEnhanced", () => {
  it("S27 sorts the frames of an enhanced image by position and keeps their numbers", async () => {
    const { channels, dicom } = await readOnly(enhancedFile(shuffled));
    assert.deepEqual(channels[0].data, ramp.data);
    assert.deepEqual(channels[0].indexToLps.rows, ramp.indexToLps.rows);
    // Frame n, counted from 1, shows slice (7 (n - 1) + 3) mod 10: 3, 0, 7, 4, 1, 8, 5, 2, 9, 6.
    const numbers = dicom?.slices.map((slice) => slice?.frameNumber);
    assert.deepEqual(numbers, [2, 5, 8, 1, 4, 7, 10, 3, 6, 9]);
  });

  it("S27 applies each frame's own rescale", async () => {
    const frames = shuffled.map(({ slice }) => ({
      slice,
      groups: {
        PixelValueTransformationSequence: [{ RescaleSlope: "2", RescaleIntercept: String(slice), RescaleType: "US" }],
      },
    }));
    const { channels } = await readOnly(enhancedFile(frames));
    const expected = Array.from(ramp.data, (value, i) => 2 * value + Math.floor(i / area));
    assert.deepEqual([...channels[0].data], expected);
  });

  it("S27 reads a series of two enhanced images whose slices lie between each other's", async () => {
    const even = enhancedFile(shuffled.filter(({ slice }) => slice % 2 === 0));
    const odd = enhancedFile(
      shuffled.filter(({ slice }) => slice % 2 === 1),
      {},
      { SOPInstanceUID: "2.25.65" },
    );
    copyFileSync(join(odd, "enhanced.dcm"), join(even, "odd.dcm"));
    assert.deepEqual((await readOnly(even)).channels[0].data, ramp.data);
  });

  it("S27 tells two echoes apart by their times", async () => {
    const frames = [4.92, 7.38].flatMap((echo) =>
      shuffled.map(({ slice }) => ({ slice, groups: { MREchoSequence: [{ EffectiveEchoTime: echo }] } })),
    );
    const { scans } = await listingOf(enhancedFile(frames));
    assert.deepEqual(
      scans.map(({ part }) => part),
      ["echo 4.92", "echo 7.38"],
    );
    for (const scan of scans) assert.deepEqual((await readFound(scan)).channels[0].data, ramp.data);
  });

  it("S27 refuses functional groups for fewer frames than there are with D_FRAMES_BAD", async () => {
    const folder = enhancedFile(shuffled, {}, { NumberOfFrames: depth - 1 });
    const { refusals } = await listingOf(folder);
    assert.deepEqual(
      refusals.map(({ problem }) => problem.code),
      ["D_FRAMES_BAD"],
    );
  });

  for (const [missing, code] of [
    ["PlaneOrientationSequence", "D_ORIENT"],
    ["PixelMeasuresSequence", "D_SPACING"],
  ] as const)
    it(`S27 refuses frames without ${missing} with ${code}`, async () => {
      const { scans } = await listingOf(enhancedFile(shuffled, { [missing]: undefined }));
      assert.equal(scans[0].problem?.code, code);
      await assert.rejects(readFound(scans[0]));
    });

  it("S01 refuses a missing frame with S_GAP", async () => {
    const { scans } = await listingOf(enhancedFile(shuffled.filter(({ slice }) => slice !== 4)));
    assert.equal(scans[0].problem?.code, "S_GAP");
  });
});
