import { strict as assert } from "node:assert";
import fc from "fast-check";
import { readDataSet } from "../../../../../pipeline/io/dicom/data-set.ts";
import { labelMapOfFile } from "../../../../../pipeline/io/dicom-seg/read/label-map-of-file.ts";
import { binaryFramesOf, labelmapFramesOf } from "../../../../../pipeline/io/dicom-seg/segment-frames.ts";
import { segmentationDatasetOf } from "../../../../../pipeline/io/dicom-seg/segmentation-dataset.ts";
import { type DicomDataset, encodeDicom } from "../../../../../pipeline/io/dicom-write/encode-dicom.ts";
import { FormatError, GeometryError, isNamedError } from "../../../../../pipeline/volume/errors.ts";
import { defaultLimits } from "../../../../../pipeline/volume/limits.ts";
import { placeOnGrid } from "../../../../../pipeline/volume/place-on-grid.ts";
import { randomFrom } from "../../../../../pipeline/volume/random.ts";
import { type Grid, gridDistanceMm, type LabelMap, volumeOf } from "../../../../../pipeline/volume/volume.ts";
import {
  gutClasses,
  obliqueGrid,
  originOnGrid,
  randomLabels,
  reorderings,
} from "../../../../support/phantom-series.ts";

const grid = obliqueGrid([7, 5, 9], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});
const now = new Date(0);

interface Written {
  readonly dataset: DicomDataset;
  readonly pixels: Uint8Array;
}

/** What the writer makes of labels on the grid of their source. */
function written(labels: LabelMap, encoding: "binary" | "labelmap" = "binary", source: Grid = labels): Written {
  const frames = encoding === "binary" ? binaryFramesOf(labels, gutClasses) : labelmapFramesOf(labels, gutClasses);
  const bitsAllocated = encoding === "binary" ? 1 : 8;
  const origin = originOnGrid(source);
  return {
    dataset: segmentationDatasetOf({ ...frames, origin, bitsAllocated, options: { encoding }, now }),
    pixels: frames.pixels,
  };
}

async function read({ dataset, pixels }: Written) {
  return labelMapOfFile(
    readDataSet(Buffer.concat(encodeDicom(dataset, { vr: "OB", bytes: pixels })), { where: "test.dcm" }),
  );
}

/** Labels of one voxel each: slice to id. */
function voxelsOnSlices(ids: Readonly<Record<number, number>>): LabelMap {
  const labels = volumeOf(new Uint8Array(7 * 45), grid);
  for (const [slice, id] of Object.entries(ids)) labels.data[45 * Number(slice) + 20] = id;
  return labels;
}

const frameOf = ({ dataset }: Written, index: number) =>
  (dataset.PerFrameFunctionalGroupsSequence as readonly DicomDataset[])[index];

function withFrame(file: Written, index: number, changes: DicomDataset): Written {
  const frames = file.dataset.PerFrameFunctionalGroupsSequence as readonly DicomDataset[];
  const changed = frames.with(index, { ...frames[index], ...changes });
  return { ...file, dataset: { ...file.dataset, PerFrameFunctionalGroupsSequence: changed } };
}

const refusedWith = (code: string) => (error: unknown) =>
  (error instanceof FormatError || error instanceof GeometryError) && error.problem.code === code;

describe("labelMapOfFile", () => {
  it("gives back the voxels of any oblique label map, at their places", async () => {
    const side = fc.integer({ min: 1, max: 7 });
    const angle = fc.double({ min: -3, max: 3, noNaN: true });
    const step = fc.double({ min: 0.3, max: 8, noNaN: true });
    const random = fc.record({
      shape: fc.tuple(side, side, side),
      angles: fc.tuple(angle, angle, angle),
      spacingMm: fc.tuple(step, step, step),
      seed: fc.integer(),
      encoding: fc.constantFrom("binary", "labelmap"),
    });
    await fc.assert(
      fc.asyncProperty(random, async ({ shape, angles, spacingMm, seed, encoding }) => {
        const oblique = obliqueGrid(shape, { spacingMm, angles, originXyz: [-100.1, 1 / 3, 77] });
        const labels = randomLabels(oblique, { random: randomFrom(seed), ids: [1, 2, 3, 4, 5] });
        const { labels: found, classes } = await read(written(labels, encoding as "binary"));
        const onGrid = placeOnGrid(found, oblique, "test");
        const names = new Map(gutClasses.map(({ id, name }) => [id, name]));
        const nameOf = (id: number) => classes.find((labelClass) => labelClass.id === id)?.name;
        assert.deepEqual(
          Array.from(onGrid.data, nameOf),
          Array.from(labels.data, (id) => names.get(id)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("finds a marker where the label map had it over all 48 orders and directions of its axes", async () => {
    const marker = voxelsOnSlices({ 6: 1 });
    for (const labels of reorderings(marker)) {
      const { labels: found } = await read(written(placeOnGrid(labels, grid, "test"), "binary", grid));
      assert.deepEqual(placeOnGrid(found, grid, "test").data, marker.data);
      assert.deepEqual(placeOnGrid(placeOnGrid(found, grid, "test"), labels, "test").data, labels.data);
    }
  });

  it("covers the frames and no more, empty slices between them included", async () => {
    const { labels } = await read(written(voxelsOnSlices({ 1: 1, 5: 2 })));
    assert.deepEqual(labels.shape, [5, 5, 9]);
    assert.equal(gridDistanceMm(labels, { ...labels, indexToLps: labels.indexToLps }), 0);
    assert.deepEqual(placeOnGrid(labels, grid, "test").data, voxelsOnSlices({ 1: 1, 5: 2 }).data);
  });

  it("reads names, codes and colours of the classes", async () => {
    const { classes } = await read(written(voxelsOnSlices({ 1: 3 })));
    assert.deepEqual(classes, [
      {
        id: 1,
        name: "appendix",
        colorRgb: gutClasses[2].colorRgb,
        category: { scheme: "SCT", value: "91723000", meaning: "Anatomical Structure" },
        type: { scheme: "SCT", value: "66754008", meaning: "Appendix" },
      },
    ]);
  });

  it("keeps the ids of a LABELMAP and takes its padding for background", async () => {
    const file = written(voxelsOnSlices({ 1: 3, 2: 5 }), "labelmap");
    const padded = file.pixels.map((id) => (id === 0 ? 9 : id));
    const { labels, classes } = await read({ dataset: { ...file.dataset, PixelPaddingValue: 9 }, pixels: padded });
    assert.deepEqual([...new Set(labels.data)].sort(), [0, 3, 5]);
    assert.deepEqual(
      classes.map(({ id }) => id),
      [3, 5],
    );
  });

  it("counts fractions from half of the maximum up, and warns", async () => {
    const file = written(voxelsOnSlices({ 1: 1 }));
    const dataset = {
      ...file.dataset,
      SegmentationType: "FRACTIONAL",
      SegmentationFractionalType: "PROBABILITY",
      MaximumFractionalValue: 200,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    };
    const { labels, warnings } = await read({ dataset, pixels: Uint8Array.from({ length: 45 }, (_, i) => 78 + i) });
    // 78 + i reaches 100 at i = 22.
    assert.deepEqual(
      [...labels.data],
      Array.from({ length: 45 }, (_, i) => (i >= 22 ? 1 : 0)),
    );
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["L_FRACTIONAL"],
    );
  });

  it("takes plane and measures from the frames where they are not shared", async () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 2 }));
    const [shared] = file.dataset.SharedFunctionalGroupsSequence as readonly DicomDataset[];
    const frames = (file.dataset.PerFrameFunctionalGroupsSequence as readonly DicomDataset[]).map((frame) => ({
      ...frame,
      ...shared,
    }));
    const own = { ...file.dataset, SharedFunctionalGroupsSequence: [{}], PerFrameFunctionalGroupsSequence: frames };
    assert.deepEqual(await read({ ...file, dataset: own }), await read(file));
  });

  it("takes the smallest step where the stated one does not fit", async () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 1, 4: 1 }));
    const [shared] = file.dataset.SharedFunctionalGroupsSequence as readonly DicomDataset[];
    const [measures] = shared.PixelMeasuresSequence as readonly DicomDataset[];
    const wrong = [
      { ...shared, PixelMeasuresSequence: [{ ...measures, SpacingBetweenSlices: "2.1", SliceThickness: "5" }] },
    ];
    const { labels } = await read({ ...file, dataset: { ...file.dataset, SharedFunctionalGroupsSequence: wrong } });
    assert.deepEqual(labels.shape, [4, 5, 9]);
    assert.deepEqual(placeOnGrid(labels, grid, "test").data, voxelsOnSlices({ 1: 1, 2: 1, 4: 1 }).data);
  });

  it("D27 ignores bytes behind the last pixel, and warns", async () => {
    const file = written(voxelsOnSlices({ 1: 1 }));
    const { labels, warnings } = await read({ ...file, pixels: Buffer.concat([file.pixels, Buffer.alloc(40)]) });
    assert.equal(labels.data.filter((id) => id === 1).length, 1);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["D_PIXEL_EXTRA"],
    );
  });

  it("has no series to name where the file refers to none, or to several images per frame", async () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 2 }));
    assert.ok((await read(file)).origin !== undefined);
    const noSeries = { ...file, dataset: { ...file.dataset, ReferencedSeriesSequence: undefined } };
    assert.equal((await read(noSeries)).origin, undefined);
    assert.equal((await read(withFrame(file, 0, { DerivationImageSequence: undefined }))).origin, undefined);
  });

  it("reads or refuses by name whatever single bytes are changed, and every cut", async () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 2, 4: 3 }));
    const good = Buffer.concat(encodeDicom(file.dataset, { vr: "OB", bytes: file.pixels }));
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

  describe("refuses", () => {
    const file = written(voxelsOnSlices({ 1: 1, 2: 2 }));
    const changed = (changes: DicomDataset): Written => ({ ...file, dataset: { ...file.dataset, ...changes } });
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
    const cases: readonly (readonly [string, string, Written])[] = [
      ["D90 more functional groups than frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: 1 })],
      ["D29 2147483647 frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: 2147483647 })],
      ["D29 two numbers of frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: ["2", "2"] })],
      ["D29 a number of frames below 0 with", "D_FRAMES_BAD", changed({ NumberOfFrames: -1 })],
      ["D29 no number of frames with", "D_FRAMES_BAD", changed({ NumberOfFrames: undefined })],
      ["no frame with", "D_FRAMES_BAD", changed({ NumberOfFrames: 0, PerFrameFunctionalGroupsSequence: [] })],
      ["D28 Rows and Columns of 65535 with", "D_TOO_BIG", changed({ Rows: 65535, Columns: 65535 })],
      ["D30 Rows of 0 with", "D_DIM_ZERO", changed({ Rows: 0 })],
      ["D31 missing Rows with", "D_MISSING", changed({ Rows: undefined })],
      [
        "7 of 8 bits stored with",
        "D_BITS",
        changed({ SegmentationType: "FRACTIONAL", BitsAllocated: 8, BitsStored: 7 }),
      ],
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
      it(`${name} ${code}`, async () => {
        await assert.rejects(read(bad), refusedWith(code));
      });

    it(`two frames so far apart that the slices between pass the limit, before allocating`, async () => {
      const { rows } = grid.indexToLps;
      const first = (frameOf(file, 0).PlanePositionSequence as readonly DicomDataset[])[0]
        .ImagePositionPatient as readonly string[];
      const far = first.map((value, axis) => String(Number(value) + 30_000 * (rows[4 * axis] as number)).slice(0, 16));
      await assert.rejects(read(moved(far)), refusedWith("S_IRREGULAR"));
    });
  });
});
