import { strict as assert } from "node:assert";
import { endianness } from "node:os";
import fc from "fast-check";
import {
  binaryFramesOf,
  labelmapFramesOf,
  type SegmentFrames,
} from "../../../../pipeline/io/dicom-seg/segment-frames.ts";
import { ConfigError } from "../../../../pipeline/volume/errors.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { type Grid, type LabelMap, volumeOf } from "../../../../pipeline/volume/volume.ts";
import { gutClasses, obliqueGrid, randomLabels } from "../../../support/phantom-series.ts";

const gridOf = (...shape: [number, number, number]): Grid =>
  obliqueGrid(shape, { spacingMm: [3, 2, 1], angles: [0, 0, 0], originXyz: [0, 0, 0] });

/** Voxels of the labels that a frame's bits name, one bit after the other. */
function unpacked({ classes, frames, pixels }: SegmentFrames, { shape }: Grid): Uint8Array {
  const area = shape[1] * shape[2];
  const labels = new Uint8Array(shape[0] * area);
  for (const [index, { slice, segment }] of frames.entries())
    for (let i = 0; i < area; i++) {
      const bit = index * area + i;
      const isSet = (pixels[Math.floor(bit / 8)] / 2 ** (bit % 8)) % 2 >= 1;
      if (isSet) labels[slice * area + i] = classes[(segment as number) - 1].id;
    }
  return labels;
}

describe("binaryFramesOf", () => {
  it("packs a second frame from where the first one ends, inside a byte", () => {
    // 3 pixels a frame: class 1 at pixel 0 of slice 0, class 2 at pixels 1 and 2 of slice 1.
    const labels = volumeOf(Uint8Array.of(1, 0, 0, 0, 2, 2), gridOf(2, 1, 3));
    const { frames, pixels } = binaryFramesOf(labels, gutClasses);
    assert.deepEqual(frames, [
      { slice: 0, segment: 1 },
      { slice: 1, segment: 2 },
    ]);
    assert.deepEqual([...pixels], [0b110001]);
  });

  it("comes back as the same labels for any field", () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(side, side, side, fc.integer(), (d, h, w, seed) => {
        const grid = gridOf(d, h, w);
        const labels = randomLabels(grid, { random: randomFrom(seed), ids: [1, 2, 3, 4, 5] });
        assert.deepEqual(unpacked(binaryFramesOf(labels, gutClasses), grid), labels.data);
      }),
    );
  });

  it("numbers the classes that occur, leaves the others and empty slices out", () => {
    const labels = volumeOf(Uint8Array.of(0, 5, 0, 2), gridOf(4, 1, 1));
    const { classes, frames } = binaryFramesOf(labels, gutClasses);
    assert.deepEqual(
      classes.map(({ name }) => name),
      ["duodenum", "rectum"],
    );
    assert.deepEqual(frames, [
      { slice: 3, segment: 1 },
      { slice: 1, segment: 2 },
    ]);
  });

  it("refuses a voxel whose id no class has", () => {
    assert.throws(
      () => binaryFramesOf(volumeOf(Uint8Array.of(9), gridOf(1, 1, 1)), gutClasses),
      (error) =>
        error instanceof ConfigError &&
        error.problem.code === "W_CLASS" &&
        error.problem.got === "ids without a name: 9",
    );
  });
});

describe("labelmapFramesOf", () => {
  it("stores ids above 255 in two bytes, low byte first", () => {
    assert.equal(endianness(), "LE");
    const labels: LabelMap = volumeOf(Uint16Array.of(0, 0, 258, 1), gridOf(2, 1, 2));
    const classes = [258, 1].map((id) => ({ ...gutClasses[0], id }));
    const { frames, pixels, classes: present } = labelmapFramesOf(labels, classes);
    assert.deepEqual(frames, [{ slice: 1 }]);
    assert.deepEqual([...pixels], [2, 1, 1, 0]);
    assert.deepEqual(
      present.map(({ id }) => id),
      [1, 258],
    );
  });
});
