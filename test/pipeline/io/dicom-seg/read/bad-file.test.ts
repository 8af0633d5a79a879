import { strict as assert } from "node:assert";
import fc from "fast-check";
import { readDataSet } from "../../../../../pipeline/io/dicom/data-set.ts";
import { labelMapOfFile } from "../../../../../pipeline/io/dicom-seg/read/label-map-of-file.ts";
import type { DicomDataset } from "../../../../../pipeline/io/dicom-write/encode-dicom.ts";
import { FormatError, GeometryError, isNamedError } from "../../../../../pipeline/volume/errors.ts";
import { defaultLimits } from "../../../../../pipeline/volume/limits.ts";
import {
  bytesOf,
  frameOf,
  segmentedGrid as grid,
  read,
  voxelsOnSlices,
  type WrittenSegmentation,
  withFrame,
  written,
} from "../../../../support/written-segmentation.ts";

const refusedWith = (code: string) => (error: unknown) =>
  (error instanceof FormatError || error instanceof GeometryError) && error.problem.code === code;

describe("labelMapOfFile, given a damaged or hostile file,", () => {
  it("reads or refuses by name whatever single bytes are changed, and every cut", async () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 2, 4: 3 }));
    const good = bytesOf(file);
    const limits = { ...defaultLimits, volumeBytes: 2 ** 24 };
    const outcome = async (bytes: Uint8Array) => {
      try {
        await labelMapOfFile(readDataSet(bytes, { where: "test.dcm", limits }));
        return "read";
      } catch (error) {
        assert.ok(isNamedError(error), String(error));
        return error.problem.code;
      }
    };
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        await outcome(bytes);
      }),
      { numRuns: 400 },
    );
    for (let bytes = 0; bytes < good.length - 1; bytes += 37)
      assert.notEqual(await outcome(good.subarray(0, bytes)), "read", `${bytes} of ${good.length} bytes`);
  }).timeout(10_000);

  it("refuses overlapping segments with L_OVERLAP", async () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 2 }));
    const overlapping = withFrame(file, 1, { PlanePositionSequence: frameOf(file, 0).PlanePositionSequence });
    await assert.rejects(read(overlapping), refusedWith("L_OVERLAP"));
    await assert.rejects(read(overlapping), /got "stomach" \(1\) and "duodenum" \(2\) in one place/);
  });

  const file = written(voxelsOnSlices({ 1: 1, 2: 2 }));
  const changed = (changes: DicomDataset): WrittenSegmentation => ({
    ...file,
    dataset: { ...file.dataset, ...changes },
  });
  const measures = (PixelSpacing: readonly string[]) =>
    changed({
      SharedFunctionalGroupsSequence: [
        {
          ...(file.dataset.SharedFunctionalGroupsSequence as readonly DicomDataset[])[0],
          PixelMeasuresSequence: [{ PixelSpacing }],
        },
      ],
    });
  const moved = (ImagePositionPatient: readonly string[]) =>
    withFrame(file, 1, { PlanePositionSequence: [{ ImagePositionPatient }] });
  const cases: readonly (readonly [string, string, WrittenSegmentation])[] = [
    ["D90 more functional groups than frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: 1 })],
    ["D29 2147483647 frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: 2147483647 })],
    ["D29 two numbers of frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: ["2", "2"] })],
    ["D29 a number of frames below 0 with", "D_FRAMES_BAD", changed({ NumberOfFrames: -1 })],
    ["D29 no number of frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: undefined })],
    ["no frame with", "D_FRAMES_BAD", changed({ NumberOfFrames: 0, PerFrameFunctionalGroupsSequence: [] })],
    ["D28 Rows and Columns of 65535 with", "D_TOO_BIG", changed({ Rows: 65535, Columns: 65535 })],
    ["D30 Rows of 0 with", "D_DIM_ZERO", changed({ Rows: 0 })],
    ["D31 missing Rows with", "D_MISSING", changed({ Rows: undefined })],
    ["7 of 8 bits stored with", "D_BITS", changed({ SegmentationType: "FRACTIONAL", BitsAllocated: 8, BitsStored: 7 })],
    ["eight bits in a BINARY file with", "D_BITS", changed({ BitsAllocated: 8, BitsStored: 8 })],
    ["signed pixels with", "D_BITS", changed({ PixelRepresentation: 1 })],
    ["D33 12 bits allocated with", "D_BITS", changed({ BitsAllocated: 12 })],
    ["D25 pixels one byte short with", "D_PIXEL_SHORT", { ...file, pixels: file.pixels.subarray(0, 10) }],
    ["D24 pixels cut short with", "D_PIXEL_SHORT", { ...file, pixels: file.pixels.subarray(0, 8) }],
    ["D64 a spacing of 0 with", "D_SPACING", measures(["0", "0"])],
    ["D64 one spacing with", "D_SPACING", measures(["1"])],
    [
      "D65 parallel cosines with",
      "D_ORIENT",
      changed({
        SharedFunctionalGroupsSequence: [
          { PlaneOrientationSequence: [{ ImageOrientationPatient: ["1", "0", "0", "1", "0", "0"] }] },
        ],
      }),
    ],
    ["D66 a frame without position with", "D_POSITION", withFrame(file, 0, { PlanePositionSequence: undefined })],
    ["frames beside each other with", "S_IRREGULAR", moved(["0", "0", "0"])],
    ["another kind of segmentation with", "D_SEG_TYPE", changed({ SegmentationType: "OTHER" })],
    ["no segment with", "D_SEGMENTS", changed({ SegmentSequence: [] })],
    [
      "segment numbers used twice with",
      "D_SEGMENTS",
      changed({ SegmentSequence: [{ SegmentNumber: 1 }, { SegmentNumber: 1 }] }),
    ],
    ["a segment number of 0 with", "D_SEGMENTS", changed({ SegmentSequence: [{ SegmentNumber: 0 }] })],
    ["a segment without number with", "D_SEGMENTS", changed({ SegmentSequence: [{ SegmentLabel: "x" }] })],
    ["two frames of one segment at one place with", "D_FRAMES_BAD", withFrame(file, 1, frameOf(file, 0))],
    [
      "frames of two orientations with",
      "S_MIXED",
      withFrame(file, 1, { PlaneOrientationSequence: [{ ImageOrientationPatient: ["1", "0", "0", "0", "1", "0"] }] }),
    ],
    [
      "one slice that says no thickness with",
      "D_SPACING",
      (() => {
        const one = written(voxelsOnSlices({ 1: 1 }));
        const [shared] = one.dataset.SharedFunctionalGroupsSequence as readonly DicomDataset[];
        const bare = [{ ...shared, PixelMeasuresSequence: [{ PixelSpacing: ["2", "1"] }] }];
        return { ...one, dataset: { ...one.dataset, SharedFunctionalGroupsSequence: bare } };
      })(),
    ],
    [
      "an id of a LABELMAP that no segment has with",
      "D_SEGMENT",
      (() => {
        const map = written(voxelsOnSlices({ 1: 3 }), "labelmap");
        return { ...map, pixels: map.pixels.map((id) => (id === 3 ? 4 : id)) };
      })(),
    ],
    ["a frame of no segment with", "D_SEGMENT", changed({ SegmentSequence: [{ SegmentNumber: 1 }] })],
  ];
  for (const [name, code, bad] of cases)
    it(`refuses ${name} ${code}`, async () => {
      await assert.rejects(read(bad), refusedWith(code));
    });

  it(`refuses two frames so far apart that the slices between pass the limit, before allocating`, async () => {
    const { rows } = grid.indexToLps;
    const first = (frameOf(file, 0).PlanePositionSequence as readonly DicomDataset[])[0]
      .ImagePositionPatient as readonly string[];
    const far = first.map((value, axis) => String(Number(value) + 30_000 * (rows[4 * axis] as number)).slice(0, 16));
    await assert.rejects(read(moved(far)), refusedWith("S_IRREGULAR"));
  });
});
