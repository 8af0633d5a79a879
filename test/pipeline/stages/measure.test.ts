import { strict as assert } from "node:assert";
import { measure } from "../../../pipeline/stages/measure.ts";
import { volumeOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { assertClose } from "../../support/numbers.ts";

describe("measure", () => {
  const grid = straightGrid([1, 2, 3], [3, 2, 1]);
  const volume = volumeOf(Int16Array.of(10, 20, 30, 40, 50, 60), grid);
  const labels = volumeOf(Uint8Array.of(0, 4, 4, 0, 0, 4), grid);
  const colorRgb = [1, 2, 3] as const;
  const classes = [
    { id: 4, name: "appendix", colorRgb },
    { id: 9, name: "liver", colorRgb },
  ];

  it("counts voxels and turns 3 voxels of 3 × 2 × 1 mm into 0.018 ml", async () => {
    const [appendix] = await measure(labels, { volume, classes });
    assert.equal(appendix.voxels, 3);
    assertClose(appendix.millilitres, 0.018, { abs: 1e-12 });
  });

  it("takes mean, deviation and percentiles over the class's own voxels 20, 30, 60", async () => {
    const [{ intensity }] = await measure(labels, { volume, classes });
    assertClose(intensity?.mean ?? Number.NaN, 110 / 3, { abs: 1e-9 });
    assertClose(intensity?.std ?? Number.NaN, Math.sqrt(2600 / 9), { abs: 1e-9 });
    assert.equal(intensity?.median, 30);
    assert.equal(intensity?.p25, 25);
    assert.equal(intensity?.max, 60);
  });

  it("places box and centroid in voxels and in LPS millimetres, faces half a voxel out", async () => {
    const [{ boxVoxels, boxLpsMm, centroidLpsMm }] = await measure(labels, { volume, classes });
    assert.deepEqual(boxVoxels, { start: [0, 0, 1], stop: [1, 2, 3] });
    // First voxel centre at [10, -20, 30]; steps x 1, y 2, z 3.
    assert.deepEqual(boxLpsMm, { min: [10.5, -21, 28.5], max: [12.5, -17, 31.5] });
    assertClose(centroidLpsMm?.[0] ?? Number.NaN, 10 + 5 / 3, { abs: 1e-9 });
    assertClose(centroidLpsMm?.[1] ?? Number.NaN, -20 + 2 / 3, { abs: 1e-9 });
  });

  it("gives a class without voxels 0 ml and null elsewhere", async () => {
    const [, liver] = await measure(labels, { volume, classes });
    assert.deepEqual(liver, {
      id: 9,
      name: "liver",
      voxels: 0,
      millilitres: 0,
      intensity: null,
      boxVoxels: null,
      boxLpsMm: null,
      centroidLpsMm: null,
    });
  });

  it("refuses a volume on another grid", async () => {
    const other = volumeOf(volume.data, straightGrid([1, 2, 3], [3, 2, 1.5]));
    await assert.rejects(measure(labels, { volume: other, classes }), /GeometryError/);
  });
});
