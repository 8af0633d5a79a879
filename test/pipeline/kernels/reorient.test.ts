import { strict as assert } from "node:assert";
import fc from "fast-check";
import { reorient, reorientLike } from "../../../pipeline/kernels/reorient.ts";
import { indexToLpsOf, type Triple, transformPoint } from "../../../pipeline/volume/affine.ts";
import { ConfigError, GeometryError } from "../../../pipeline/volume/errors.ts";
import { orientationOf } from "../../../pipeline/volume/orientation.ts";
import { type Grid, gridDistanceMm, type Volume, volumeOf } from "../../../pipeline/volume/volume.ts";
import { directionOf, orientationCodes } from "../../support/orientations.ts";
import { obliqueGrid } from "../../support/phantom-series.ts";

const shape: Triple = [3, 5, 7];
const oblique = obliqueGrid(shape, { spacingMm: [3, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] });
/** Shear on top: the steps along W and H are no longer at right angles. */
const sheared: Grid = {
  shape,
  indexToLps: indexToLpsOf(
    oblique.indexToLps.rows.map((value, n) => value + (n === 6 ? 0.4 : 0)),
    "test",
  ),
};

/** Floats of any bits, NaN payloads and both zeros among them. */
const anyBits = fc
  .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 105, maxLength: 105 })
  .map((words) => new Float32Array(Uint32Array.from(words).buffer));

const bitsOf = ({ buffer, byteOffset, length }: Float32Array) => [...new Uint32Array(buffer, byteOffset, length)];

describe("reorient", () => {
  it("keeps every voxel at its patient position in all 48 orders and directions, oblique or sheared", () => {
    for (const grid of [oblique, sheared]) {
      const volume = volumeOf(
        Uint16Array.from({ length: 105 }, (_, i) => 1000 + i),
        grid,
      );
      const expected = positionsOf(volume);
      for (const code of orientationCodes) {
        const turned = reorient(volume, code);
        assert.equal(orientationOf(turned.indexToLps), code);
        assert.deepEqual(positionsOf(turned), expected);
      }
    }
  });

  it("moves a straight volume's first voxel to the corner that the code starts from", () => {
    const steps = [...oblique.indexToLps.rows].map(() => 0);
    const rows = Object.assign(steps, { 2: 1, 5: 2, 8: 3, 15: 1 });
    const straight = volumeOf(new Uint8Array(105), { shape, indexToLps: indexToLpsOf(rows, "test") });
    // x reaches from 0 to 6, y from 0 to 8, z from 0 to 6 mm.
    const farthest = { L: 0, R: 6, P: 0, A: 8, S: 0, I: 6 } as Readonly<Record<string, number>>;
    for (const code of orientationCodes) {
      const first = transformPoint(reorient(straight, code).indexToLps, [0, 0, 0]);
      for (const letter of code)
        assert.equal(first[directionOf[letter].findIndex((value) => value !== 0)], farthest[letter]);
    }
  });

  it("makes no copy where the axes lie so already", () => {
    const volume = volumeOf(new Int16Array(105), oblique);
    assert.equal(reorient(volume, orientationOf(oblique.indexToLps)), volume);
  });

  it("refuses a code that is none of the 48", () => {
    assert.throws(() => reorient(volumeOf(new Int16Array(105), oblique), "SPX"), ConfigError);
  });
});

describe("reorientLike", () => {
  it("leads back from all 48 orders, bit for bit, NaN payloads included, to the very matrix", () => {
    fc.assert(
      fc.property(anyBits, (data) => {
        for (const code of orientationCodes) {
          const back = reorientLike(reorient(volumeOf(data, sheared), code), sheared);
          assert.deepEqual(bitsOf(back.data), bitsOf(data));
          assert.equal(back.indexToLps, sheared.indexToLps);
        }
      }),
      { numRuns: 5 },
    );
  });

  it("keeps each element type, and leaves its input alone", () => {
    const counting = Array.from({ length: 105 }, (_, i) => i);
    for (const data of [
      Uint8Array.from(counting),
      Int16Array.from(counting),
      Uint16Array.from(counting),
      Float32Array.from(counting),
    ]) {
      const turned = reorient(volumeOf(data, oblique), "RAI");
      assert.equal(turned.data.constructor, data.constructor);
      assert.deepEqual(reorientLike(turned, oblique).data, data);
      assert.deepEqual([...data], counting);
    }
  });

  it("refuses a grid that differs by more than the order and direction of its axes", () => {
    const volume = volumeOf(new Uint8Array(105), oblique);
    assert.ok(gridDistanceMm(oblique, sheared) > 1);
    assert.throws(() => reorientLike(volume, sheared), GeometryError);
    assert.throws(() => reorientLike(volume, { ...oblique, shape: [3, 7, 5] }), GeometryError);
  });
});

/** Value to position in hundredths of a mm. */
function positionsOf({ data, shape: [, height, width], indexToLps }: Volume): Readonly<Record<number, string>> {
  const found: Record<number, string> = {};
  data.forEach((value, i) => {
    const index: Triple = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    found[value] = String(transformPoint(indexToLps, index).map((mm) => Math.round(mm * 100) + 0));
  });
  return found;
}
