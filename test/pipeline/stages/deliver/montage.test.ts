import { strict as assert } from "node:assert";
import { areasPerPlane, choosePlanes } from "../../../../pipeline/stages/deliver/montage/choose-planes.ts";
import { drawTile } from "../../../../pipeline/stages/deliver/montage/tile.ts";
import { edgeLetters, planesOf, views } from "../../../../pipeline/stages/deliver/montage/view.ts";
import { volumeOf } from "../../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../../support/boxes-scan.ts";
import { reorderings } from "../../../support/phantom-series.ts";

const [axial, coronal, sagittal] = views;
const grid = straightGrid([2, 3, 4], [3, 2, 1]);
const numbered = volumeOf(
  Uint8Array.from({ length: 24 }, (_, i) => i),
  grid,
);

describe("planesOf", () => {
  it("shows the patient's right on the left and anterior on top of an axial plane, whatever the storage order", () => {
    for (const turned of [numbered, ...reorderings(numbered)]) {
      const { start, steps, shape } = planesOf(turned, axial);
      assert.deepEqual(shape, [2, 3, 4]);
      const at = (p: number, r: number, c: number) => turned.data[start + p * steps[0] + r * steps[1] + c * steps[2]];
      assert.deepEqual([at(0, 0, 0), at(0, 0, 3), at(0, 2, 0), at(1, 0, 0)], [0, 3, 8, 12]);
    }
  });

  it("puts superior on top of coronal and sagittal planes and anterior on the left of a sagittal one", () => {
    assert.deepEqual(edgeLetters(coronal), { left: "R", right: "L", top: "S", bottom: "I" });
    assert.deepEqual(edgeLetters(sagittal), { left: "A", right: "P", top: "S", bottom: "I" });
    assert.deepEqual(planesOf(numbered, coronal).spacingMm, [2, 3, 1]);
  });
});

describe("choosePlanes", () => {
  it("takes the plane where the rarest class is largest first, and one where a second class is", () => {
    const areas = new Map([
      [1, Uint32Array.of(0, 90, 80, 100, 0)],
      [2, Uint32Array.of(0, 0, 0, 1, 3)],
    ]);
    assert.deepEqual(choosePlanes(areas, 5, 3), [3, 4]);
    assert.deepEqual(choosePlanes(areas, 5, 1), [4]);
  });

  it("spreads the planes evenly where nothing was found", () => {
    assert.deepEqual(choosePlanes(new Map(), 20, 3), [5, 10, 15]);
  });

  it("counts a class's voxels in each plane of a view", () => {
    const areas = areasPerPlane(
      Uint8Array.from(numbered.data, (i) => (i % 4 === 1 ? 7 : 0)),
      planesOf(grid, sagittal),
    );
    assert.deepEqual([...(areas.get(7) ?? [])], [0, 0, 6, 0].reverse());
  });
});

describe("drawTile", () => {
  const request = {
    intensities: Int16Array.from({ length: 24 }, (_, i) => 10 * (i % 4)),
    planes: planesOf(grid, axial),
    plane: 1,
    mmPerPixel: 1,
    window: { black: 0, white: 20 },
    colors: new Map([[5, [200, 0, 100] as const]]),
  };

  it("draws a plane in true proportions: 3 rows of 2 mm are 6 pixels high, 4 columns of 1 mm are 4 wide", () => {
    const { width, height, rgb } = drawTile({ ...request, labels: new Uint8Array(24) });
    assert.deepEqual([width, height], [4, 6]);
    assert.deepEqual([...rgb.subarray(0, 12)], [0, 0, 0, 128, 128, 128, 255, 255, 255, 255, 255, 255]);
  });

  it("outlines a class in its full colour", () => {
    const labels = new Uint8Array(24);
    labels[12 + 5] = 5;
    const { rgb, width } = drawTile({ ...request, labels });
    assert.deepEqual([...rgb.subarray(3 * (2 * width + 1), 3 * (2 * width + 2))], [200, 0, 100]);
  });
});
