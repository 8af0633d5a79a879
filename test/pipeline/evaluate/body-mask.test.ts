import { strict as assert } from "node:assert";
import { bodyMaskOf, otsuThreshold } from "../../../pipeline/evaluate/body-mask.ts";
import { volumeOf } from "../../../pipeline/volume/volume.ts";
import { boxesVolume, straightGrid } from "../../support/boxes-scan.ts";

const grid = straightGrid([9, 11, 13], [3, 2, 1]);
const body = { start: [1, 1, 1], stop: [8, 9, 10] } as const;
const hole = { start: [3, 3, 3], stop: [5, 5, 5] } as const;
const table = { start: [1, 10, 1], stop: [8, 11, 10] } as const;

const sizeOf = (mask: Uint8Array) => mask.reduce((sum, inside) => sum + inside, 0);

describe("bodyMaskOf", () => {
  it("takes the largest region of a CT above -500 HU, holes filled, without the table", () => {
    const boxes = [
      { box: body, intensity: 1040 },
      { box: hole, intensity: 10 },
      { box: table, intensity: 1000 },
    ];
    const shifted = boxesVolume(grid, boxes);
    const image = volumeOf(
      shifted.data.map((value) => value - 1000),
      grid,
    );
    const { mask, above } = bodyMaskOf(image);
    assert.deepEqual([sizeOf(mask), above], [7 * 8 * 9, -500]);
  });

  it("parts MR by its own threshold, and takes another where one is given", () => {
    const image = boxesVolume(grid, [
      { box: body, intensity: 300 },
      { box: hole, intensity: 900 },
    ]);
    assert.equal(sizeOf(bodyMaskOf(image).mask), 7 * 8 * 9);
    assert.deepEqual([sizeOf(bodyMaskOf(image, 500).mask), bodyMaskOf(image, 500).above], [8, 500]);
  });

  it("gives the whole field of an image of one intensity", () => {
    assert.equal(sizeOf(bodyMaskOf(boxesVolume(grid, [])).mask), 9 * 11 * 13);
  });
});

describe("otsuThreshold", () => {
  it("parts values where the variance between the groups is largest, as trying every threshold does", () => {
    const values = Float32Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? 20 + (i % 40) : 150 + ((i * 7) % 90)));
    const low = Math.min(...values);
    const high = Math.max(...values);
    const variance = (cut: number) => {
      const parts = [values.filter((value) => value < cut), values.filter((value) => value >= cut)];
      const [below, beyond] = parts.map((part) => ({
        n: part.length,
        mean: part.reduce((sum, value) => sum + value, 0) / part.length,
      }));
      return below.n * beyond.n * (below.mean - beyond.mean) ** 2;
    };
    const found = variance(otsuThreshold(values, [low, high]));
    for (let cut = low + 1; cut < high; cut++) assert.ok(variance(cut) <= found * 1.0001, `a cut at ${cut} is better`);
  });
});
