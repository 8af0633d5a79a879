import { strict as assert } from "node:assert";
import { transformPoint } from "../../../../../pipeline/volume/affine.ts";
import type { Volume } from "../../../../../pipeline/volume/volume.ts";
import { convertedByDcm2niix } from "../../../../support/dcm2niix.ts";
import { readOnly, seriesGrid, writtenSeries } from "../../../../support/dicom-series.ts";
import { editDicom } from "../../../../support/edited-dicom.ts";
import { assertAllClose } from "../../../../support/numbers.ts";
import { requireValidator } from "../../../../support/validators.ts";
import { volumeByIndex } from "../../../../support/volume-by-index.ts";

/** Along rows and down columns of axial pictures that show the table below, as seen from the front of the scanner. */
const positions = {
  HFS: { row: [1, 0, 0], column: [0, 1, 0] },
  HFP: { row: [-1, 0, 0], column: [0, -1, 0] },
  HFDL: { row: [0, -1, 0], column: [1, 0, 0] },
  HFDR: { row: [0, 1, 0], column: [-1, 0, 0] },
  FFS: { row: [-1, 0, 0], column: [0, 1, 0] },
  FFP: { row: [1, 0, 0], column: [0, -1, 0] },
  FFDL: { row: [0, 1, 0], column: [1, 0, 0] },
  FFDR: { row: [0, -1, 0], column: [-1, 0, 0] },
} as const;

/** A mark to the patient's left, in front and above the middle. Units: mm, LPS+ */
const mark = [31, -42, 103];
const BRIGHT = 900;
const markIndex = [7, 1, 5] as const;

describe("readVolume, for every position of the patient on the table", () => {
  for (const [name, { row, column }] of Object.entries(positions)) {
    it(`S25 finds a mark where it is in the patient: ${name}`, async () => {
      const { channels } = await readOnly(await markedSeries(name, row, column));
      assertAllClose(placeOfMark(channels[0]), mark, { abs: 1e-9 });
    });

    it(`S25 finds a mark where dcm2niix finds it: ${name}`, async function () {
      requireValidator(this, "dcm2niix");
      const folder = await markedSeries(name, row, column);
      const [peer] = await convertedByDcm2niix(folder);
      assertAllClose(placeOfMark(peer), mark, { abs: 1e-3 });
    });
  }
});

/** Axial slices 3 mm apart, pixels of 2 x 1 mm, from feet to head, in which one voxel is bright. */
async function markedSeries(name: string, row: readonly number[], column: readonly number[]): Promise<string> {
  const [d0, h0, w0] = markIndex;
  const volume = volumeByIndex(seriesGrid, ([d, h, w]) => (d === d0 && h === h0 && w === w0 ? BRIGHT : d + h + w));
  const { folder, files } = await writtenSeries({ volume, modality: "MR" });
  for (const [slice, file] of files.entries()) {
    const place = mark.map(
      (mm, axis) => mm - w0 * row[axis] - 2 * h0 * column[axis] + (axis === 2 ? 3 * (slice - d0) : 0),
    );
    editDicom(file, {
      "0018,5100": name,
      "0020,0032": place.join("\\"),
      "0020,0037": [...row, ...column].join("\\"),
    });
  }
  return folder;
}

function placeOfMark({ data, shape, indexToLps }: Volume): readonly number[] {
  const [, height, width] = shape;
  const i = data.indexOf(BRIGHT);
  assert.notEqual(i, -1);
  return transformPoint(indexToLps, [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width]);
}
