import { strict as assert } from "node:assert";
import { targetSpacing } from "../../../../pipeline/train/plan/target-spacing.ts";
import { topologyFor } from "../../../../pipeline/train/plan/topology.ts";

// Expected: nnunetv2 get_pool_and_conv_props(spacing, patch, 4, 999999), worked through by hand.
describe("topologyFor", () => {
  it("gives the hippocampus the patch and strides that nnU-Net gives it", () => {
    const { patch, strides, kernels, step } = topologyFor([36, 50, 35], [1, 1, 1]);
    assert.deepEqual(patch, [40, 56, 40]);
    assert.deepEqual(strides, [
      [1, 1, 1],
      [2, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
    ]);
    assert.deepEqual(step, [8, 8, 8]);
    assert.ok(kernels.every((kernel) => String(kernel) === "3,3,3"));
  });

  it("halves thick slices only once the plane is as coarse, and looks through them only then", () => {
    const { strides, kernels } = topologyFor([20, 256, 224], [5, 1, 1]);
    assert.deepEqual(strides.slice(0, 5), [
      [1, 1, 1],
      [1, 2, 2],
      [1, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
    ]);
    assert.deepEqual(kernels.slice(0, 3), [
      [1, 3, 3],
      [1, 3, 3],
      [3, 3, 3],
    ]);
  });

  it("leaves the depth of a 2-D network alone", () => {
    const { patch, strides, kernels } = topologyFor([1, 100, 60], [8, 1, 1]);
    assert.deepEqual(patch, [1, 112, 64]);
    assert.ok(strides.every(([depth]) => depth === 1) && kernels.every(([depth]) => depth === 1));
  });
});

describe("targetSpacing", () => {
  const caseOf = (depthMm: number, shape: readonly [number, number, number]) =>
    ({ shape, spacingMm: [depthMm, 1, 1] }) as const;

  it("is the median along each axis where the slices are no more than three times as thick", () => {
    assert.deepEqual(targetSpacing([1, 2, 3].map((mm) => caseOf(mm, [40, 200, 200]))), [2, 1, 1]);
  });

  it("is the 10th percentile through few thick slices: of 4, 5, 6, 7 and 8 mm 4.4 mm", () => {
    const [depth, ...plane] = targetSpacing([4, 5, 6, 7, 8].map((mm) => caseOf(mm, [20, 200, 200])));
    assert.ok(Math.abs(depth - 4.4) < 1e-12);
    assert.deepEqual(plane, [1, 1]);
  });
});
