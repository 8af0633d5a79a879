import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { DicomDataset } from "../../../../../pipeline/io/dicom-write/encode-dicom.ts";
import { placeOnGrid } from "../../../../../pipeline/volume/place-on-grid.ts";
import { randomFrom } from "../../../../../pipeline/volume/random.ts";
import { gridDistanceMm } from "../../../../../pipeline/volume/volume.ts";
import { gutClasses, obliqueGrid, randomLabels, reorderings } from "../../../../support/phantom-series.ts";
import {
  segmentedGrid as grid,
  read,
  voxelsOnSlices,
  withFrame,
  written,
} from "../../../../support/written-segmentation.ts";

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
});
