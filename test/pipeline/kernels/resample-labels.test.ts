import { strict as assert } from "node:assert";
import { resampleToShape } from "../../../pipeline/kernels/resample.ts";
import { resampleLabelsToGrid, resampleLabelsToShape } from "../../../pipeline/kernels/resample-labels.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";

const shape: Triple = [5, 7, 9];
const ids = [0, 3, 4, 200];

function randomLabels() {
  const random = randomFrom("labels");
  const data = Uint8Array.from({ length: voxelCountOf(shape) }, () => ids[random.integer(0, ids.length)]);
  return volumeOf(data, straightGrid(shape, [3, 2, 1]));
}

describe("resampleLabelsToShape", () => {
  it("gives the class whose linearly interpolated mask is greatest, the lower id at a tie", async () => {
    const labels = randomLabels();
    for (const target of [
      [8, 4, 13],
      [3, 14, 5],
      [5, 7, 9],
    ] as const) {
      const { data } = await resampleLabelsToShape(labels, target);
      const masks = await Promise.all(
        ids.map(async (id) => {
          const mask = volumeOf(
            Float32Array.from(labels.data, (value) => (value === id ? 1 : 0)),
            labels,
          );
          return (await resampleToShape(mask, target, { interpolation: "linear" })).data;
        }),
      );
      data.forEach((found, i) => {
        const shares = masks.map((mask) => mask[i]);
        const best = Math.max(...shares);
        // Shares that differ in the last bits only are a tie either way.
        assert.ok(shares[ids.indexOf(found)] > best - 1e-5, `voxel ${i}: ${found} of ${shares}`);
      });
    }
  });

  it("never makes a class that was not there", async () => {
    for (const interpolation of ["linear", "nearest"] as const) {
      const { data } = await resampleLabelsToShape(randomLabels(), [11, 5, 17], { interpolation });
      assert.ok(data.every((label) => ids.includes(label)));
    }
  });

  it("keeps ids above 255", async () => {
    const labels = volumeOf(Uint16Array.of(900, 0), straightGrid([1, 1, 2], [1, 1, 1]));
    assert.deepEqual([...(await resampleLabelsToShape(labels, [1, 1, 4])).data], [900, 900, 0, 0]);
  });
});

describe("resampleLabelsToGrid", () => {
  it("gives background, or what is asked for, outside the labels' field", async () => {
    const labels = volumeOf(new Uint8Array(8).fill(5), straightGrid([2, 2, 2], [1, 1, 1]));
    const far = straightGrid([2, 2, 4], [1, 1, 1]);
    assert.deepEqual([...(await resampleLabelsToGrid(labels, far, { outside: 9 })).data].slice(0, 4), [5, 5, 9, 9]);
  });
});
