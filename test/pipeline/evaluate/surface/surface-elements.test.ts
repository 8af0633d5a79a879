import { strict as assert } from "node:assert";
import { contourLengths, surfaceAreas } from "../../../../pipeline/evaluate/surface/surface-elements.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";

const spacingMm: Triple = [3, 2, 1];

describe("surfaceAreas", () => {
  it("gives a plane the area of a voxel's face, and both sides of it the same", () => {
    const areas = surfaceAreas(spacingMm);
    // Four voxels of eight, all before the middle along x, y or z: bits by x from 16 up, by y by 4, by z by 2.
    assertClose(areas[0b11110000], 3 * 2, { rel: 1e-15 });
    assertClose(areas[0b11001100], 3 * 1, { rel: 1e-15 });
    assertClose(areas[0b10101010], 2 * 1, { rel: 1e-15 });
    for (let code = 0; code < 256; code++) assert.equal(areas[code], areas[255 - code]);
  });

  it("gives a corner the triangle through the middles of its edges: half of |(2, 3, 6)| / 4 mm²", () => {
    const areas = surfaceAreas(spacingMm);
    for (const code of [1, 2, 4, 8, 16, 32, 64, 128])
      assertClose(areas[code], Math.hypot(2 * 1, 3 * 1, 3 * 2) / 8, { rel: 1e-15 });
  });

  // sum(create_table_neighbour_code_to_surface_area((1, 2, 3))) and entries 27, 90, 105 of surface-distance 0.1
  it("has the areas of surface-distance's table", () => {
    const areas = surfaceAreas(spacingMm);
    assertAllClose(
      [areas.reduce((sum, area) => sum + area, 0), areas[27], areas[90], areas[105]],
      [950.4895895094021, 5.982526648950187, 6.324555320336759, 3.5],
      { rel: 1e-12 },
    );
  });
});

describe("contourLengths", () => {
  it("goes straight between pairs of pixels, across corners, and twice across where two lie on a diagonal", () => {
    const lengths = contourLengths(spacingMm);
    const corner = Math.hypot(2, 1) / 2;
    // Bits of [x, y], [x, y + 1], [x + 1, y], [x + 1, y + 1], each for the slice and its copy.
    assert.equal(lengths[0b11110000], 2);
    assert.equal(lengths[0b11001100], 1);
    assert.equal(lengths[0b11000011], 2 * corner);
    assert.equal(lengths[0b00111100], 2 * corner);
    for (const code of [0b11000000, 0b00110000, 0b00001100, 0b00000011])
      assert.deepEqual([lengths[code], lengths[255 - code]], [corner, corner]);
    assert.deepEqual([lengths[0], lengths[255]], [0, 0]);
  });
});
