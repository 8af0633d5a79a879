import { strict as assert } from "node:assert";
import fc from "fast-check";
import { partsOf } from "../../../pipeline/kernels/parallel.ts";
import { resampleToShape } from "../../../pipeline/kernels/resample.ts";
import { resampleLabelsToShape } from "../../../pipeline/kernels/resample-labels.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";

describe("partsOf", () => {
  it("cuts all planes into parts that follow each other, none smaller than asked", () => {
    const count = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(count, count, (planes, smallest) => {
        const parts = partsOf(planes, smallest);
        assert.equal(parts[0].start, 0);
        assert.equal(parts.at(-1)?.stop, planes);
        parts.forEach(({ start, stop }, n) => {
          assert.equal(start, n === 0 ? 0 : parts[n - 1].stop);
          assert.ok(stop - start >= Math.min(smallest, planes));
        });
      }),
    );
  });
});

describe("partsOf with a largest part", () => {
  it("makes no part larger, and none of nothing", () => {
    assert.deepEqual(
      partsOf(1001, 1, 1).map(({ start, stop }) => [start, stop]),
      Array.from({ length: 1001 }, (_, n) => [n, n + 1]),
    );
    assert.ok(partsOf(1000, 1000, 7).every(({ start, stop }) => stop - start <= 7));
    assert.deepEqual(partsOf(0, 1), []);
  });
});

describe("an aborted resampling", () => {
  const small: Triple = [5, 7, 9];
  /** Just above 2²² voxels, from which threads are used. */
  const large: Triple = [67, 251, 253];

  it("ends with the signal's reason, in threads and without, and leaves the threads fit for the next", async function () {
    this.timeout(20_000);
    const reason = new Error("enough");
    for (const shape of [small, large]) {
      const labels = volumeOf(new Uint8Array(voxelCountOf(shape)).fill(3), straightGrid(shape, [1, 1, 1]));
      const wanted: Triple = [shape[0] + 1, shape[1], shape[2]];
      const signal = AbortSignal.abort(reason);
      await assert.rejects(resampleToShape(labels, wanted, { signal }), reason);
      await assert.rejects(resampleLabelsToShape(labels, wanted, { signal }), reason);
      const { data } = await resampleLabelsToShape(labels, wanted);
      assert.ok(data.every((id) => id === 3));
    }
  });

  it("ends early when it is aborted on the way", async function () {
    this.timeout(20_000);
    const volume = volumeOf(new Float32Array(voxelCountOf(large)), straightGrid(large, [1, 1, 1]));
    const controller = new AbortController();
    const resampling = resampleToShape(volume, [68, 251, 253], { interpolation: "cubic", signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(resampling, /enough/);
  });
});
