import { strict as assert } from "node:assert";
import { moveAxes } from "../../../pipeline/kernels/reorient.ts";
import { resampleToGrid, resampleToShape } from "../../../pipeline/kernels/resample.ts";
import { resampleLabelsToGrid, resampleLabelsToShape } from "../../../pipeline/kernels/resample-labels.ts";
import { anisotropicInterpolation, relationOf } from "../../../pipeline/kernels/sampling.ts";
import { indexToLpsOf, type Triple } from "../../../pipeline/volume/affine.ts";
import { ShapeError } from "../../../pipeline/volume/errors.ts";
import { type Grid, gridDistanceMm, volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { assertAllClose } from "../../support/numbers.ts";
import { obliqueGrid, reorderings } from "../../support/phantom-series.ts";
import { scipy } from "../../support/scipy.ts";
import { requireValidator } from "../../support/validators.ts";

describe("anisotropicInterpolation", () => {
  const all = ["cubic", "cubic", "cubic"];

  it("is cubic up to a ratio of 3 and nearest through thicker slices, whichever axis they lie along", () => {
    assert.deepEqual(anisotropicInterpolation([3, 1, 1], [3, 1, 1]), all);
    assert.deepEqual(anisotropicInterpolation([3.01, 1, 1], [1, 1, 1]), ["nearest", "cubic", "cubic"]);
    assert.deepEqual(anisotropicInterpolation([1, 5, 1], [1, 1, 1]), ["cubic", "nearest", "cubic"]);
    assert.deepEqual(anisotropicInterpolation([1, 1, 5], [1, 1, 1]), ["cubic", "cubic", "nearest"]);
  });

  it("looks at the target where the source is not thick, and at the source first where both are", () => {
    assert.deepEqual(anisotropicInterpolation([1, 1, 1], [1, 4, 1]), ["cubic", "nearest", "cubic"]);
    assert.deepEqual(anisotropicInterpolation([4, 1, 1], [1, 1, 4]), ["nearest", "cubic", "cubic"]);
  });

  it("stays cubic where two axes are thick against a thin one", () => {
    assert.deepEqual(anisotropicInterpolation([4, 4, 1], [1, 1, 1]), all);
  });
});

describe("relationOf", () => {
  const grid = obliqueGrid([3, 5, 7], { spacingMm: [3, 2, 1], angles: [0.2, 0.1, -0.3], originXyz: [-10, 20, 5] });

  it("finds the moves that lay all 48 orders and directions of a grid onto it, without a scale or shift", () => {
    const labels = volumeOf(new Uint8Array(105), grid);
    for (const source of reorderings(labels)) {
      const relation = relationOf({ source, target: grid });
      if (relation.kind !== "aligned") return assert.fail(`${source.shape} is not aligned`);
      assert.ok(gridDistanceMm(moveAxes(source, relation.moves), grid) < 1e-9);
      assertAllClose(relation.scale, [1, 1, 1], { abs: 1e-12 });
      assertAllClose(relation.offset, [0, 0, 0], { abs: 1e-9 });
    }
  });

  it("ignores a tilt that moves no voxel by 1e-4 of one, and none that does", () => {
    const tilted = (shear: number): Grid => {
      const rows = straightGrid([9, 9, 9], [1, 1, 1]).indexToLps.rows.map((value, n) => (n === 1 ? shear : value));
      return { shape: [9, 9, 9], indexToLps: indexToLpsOf(rows, "test") };
    };
    const kindOf = (shear: number) =>
      relationOf({ source: straightGrid([9, 9, 9], [1, 1, 1]), target: tilted(shear) }).kind;
    // Eight steps from one end to the other.
    assert.equal(kindOf(0.9e-4 / 8), "aligned");
    assert.equal(kindOf(1.1e-4 / 8), "oblique");
  });
});

describe("resampling to an impossible shape", () => {
  it("is refused by name before memory is taken, for images and labels", async () => {
    const labels = volumeOf(new Uint8Array(8), straightGrid([2, 2, 2], [1, 1, 1]));
    const isRefusal = (error: unknown) => error instanceof ShapeError && error.problem.code === "R_SHAPE";
    const shapes: readonly Triple[] = [
      [0, 2, 2],
      [2, -2, 2],
      [2, 2, 2.5],
      [Number.NaN, 2, 2],
      [Infinity, 1, 1],
      [2048, 2048, 513],
    ];
    for (const shape of shapes) {
      const grid = { shape, indexToLps: labels.indexToLps };
      await assert.rejects(resampleToShape(labels, shape), isRefusal);
      await assert.rejects(resampleToGrid(labels, grid), isRefusal);
      await assert.rejects(resampleLabelsToShape(labels, shape), isRefusal);
      await assert.rejects(resampleLabelsToGrid(labels, grid), isRefusal);
    }
  });
});

describe("anti-aliasing", () => {
  it("gives the numbers of scikit-image's resize(anti_aliasing=True), linear and cubic", async function () {
    this.timeout(20_000);
    requireValidator(this, "skimage");
    const shape: Triple = [9, 21, 26];
    const target: Triple = [9, 7, 10];
    const values = Array.from({ length: voxelCountOf(shape) }, (_, i) => (i * 7919) % 101);
    const volume = volumeOf(Float32Array.from(values), straightGrid(shape, [3, 2, 1]));
    const expected = scipy(
      `
from skimage.transform import resize
image = np.reshape(data["values"], data["shape"]).astype(float)
result = [resize(image, data["target"], order=order, mode="edge", anti_aliasing=True, clip=False) for order in (1, 3)]`,
      { values, shape, target },
    );
    const linear = await resampleToShape(volume, target, { interpolation: "linear", antiAliasing: "gaussian" });
    const cubic = await resampleToShape(volume, target, { interpolation: "cubic", antiAliasing: "gaussian" });
    assertAllClose([...linear.data, ...cubic.data], expected, { abs: 1e-3 });
  });
});
