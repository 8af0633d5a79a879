import { strict as assert } from "node:assert";
import { resampleToGrid, resampleToShape } from "../../../pipeline/kernels/resample.ts";
import { resampleLabelsToShape } from "../../../pipeline/kernels/resample-labels.ts";
import { indexToLpsFromSteps, type Triple } from "../../../pipeline/volume/affine.ts";
import { volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";

/** Just above 2²² voxels, from which threads are used. */
const shape: Triple = [67, 251, 253];
const grid = straightGrid(shape, [3, 2, 1]);
const ramp = volumeOf(
  Float32Array.from({ length: voxelCountOf(shape) }, (_, i) => i % shape[2]),
  grid,
);

describe("resampling in threads", function () {
  this.timeout(20_000);

  it("gives a ramp along W its values at half steps, in every part of the volume and on every run", async () => {
    for (let run = 0; run < 2; run++) {
      const { data } = await resampleToShape(ramp, [67, 251, 506], { interpolation: "linear" });
      for (let i = 0; i < data.length; i++) {
        const w = i % 506;
        const expected = Math.min(252, Math.max(0, (w + 0.5) / 2 - 0.5));
        if (Math.abs(data[i] - expected) > 1e-4) assert.fail(`voxel ${i}: expected ${expected}, got ${data[i]}`);
      }
    }
  });

  it("gives the same on a grid that is turned by 90 degrees about D and reached obliquely", async () => {
    const tilt = 1e-7;
    const steps = { d: [0, 0, 3], h: [-2 * tilt, 2, 0], w: [1, tilt, 0] };
    const turned = { shape, indexToLps: indexToLpsFromSteps(steps, { originXyz: [10, -20, 30], where: "test" }) };
    const { data } = await resampleToGrid(ramp, turned, { interpolation: "linear", outside: "edge" });
    let largest = 0;
    for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i] - (i % shape[2])));
    assert.ok(largest < 1e-3, String(largest));
  });

  it("keeps labels that it doubles", async () => {
    const labels = volumeOf(
      Uint8Array.from({ length: voxelCountOf(shape) }, (_, i) => (i % shape[2] < 100 ? 1 : 3)),
      grid,
    );
    const { data } = await resampleLabelsToShape(labels, [67, 251, 506], { interpolation: "linear" });
    assert.ok(data.every((label, i) => label === (i % 506 < 200 ? 1 : 3)));
  });
});
