import { strict as assert } from "node:assert";
import { fieldOf } from "../../../../pipeline/train/augment/bias-field.ts";
import { stretchInto } from "../../../../pipeline/train/augment/contrast.ts";
import { bendInto } from "../../../../pipeline/train/augment/gamma.ts";
import { blurInto } from "../../../../pipeline/train/augment/gaussian-blur.ts";
import { transforms } from "../../../../pipeline/train/augment/index.ts";
import { coarsenInto } from "../../../../pipeline/train/augment/low-resolution.ts";
import type { Patch } from "../../../../pipeline/train/augment/patch.ts";
import type { PatchTransform } from "../../../../pipeline/train/augment/transform.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import { assertAllClose, assertClose } from "../../../support/numbers.ts";

const float = 1e-6;

describe("stretchInto", () => {
  it("takes 0, 1, 5 to 1, 1.5, 3.5 about their mean 2 with factor 0.5", () => {
    assertAllClose(
      changed([0, 1, 5], (voxels) => stretchInto(voxels, 0.5)),
      [1, 1.5, 3.5],
      { abs: float },
    );
  });

  it("lets no value leave the range that there was: -2, 0, 8 become 0, 0, 5 with factor 2", () => {
    assertAllClose(
      changed([0, 1, 5], (voxels) => stretchInto(voxels, 2)),
      [0, 0, 5],
      { abs: float },
    );
  });
});

describe("bendInto", () => {
  const ratio = ([low, middle, high]: ArrayLike<number> & Iterable<number>) => (middle - low) / (high - low);

  it("takes the middle of a range to a quarter of it with exponent 2, and to three quarters when inverted", () => {
    const bent = (sign: 1 | -1) => changed([10, 11, 12], (voxels) => bendInto(voxels, { exponent: 2, sign }));
    assertClose(ratio(bent(1)), 0.25, { abs: float });
    assertClose(ratio(bent(-1)), 0.75, { abs: float });
  });

  it("keeps mean and standard deviation", () => {
    const before = Array.from({ length: 999 }, (_, i) => 5 * Math.sin(i) + 0.01 * i);
    const bent = changed(before, (voxels) => bendInto(voxels, { exponent: 0.7, sign: 1 }));
    assertAllClose(slowMoments(bent), slowMoments(before), { rel: 1e-5 });
  });

  it("leaves equal values as they are", () => {
    assert.deepEqual([...changed([3, 3], (voxels) => bendInto(voxels, { exponent: 2, sign: 1 }))], [3, 3]);
  });
});

describe("blurInto", () => {
  // e^(-1 / (2 * 0.5^2)) = e^-2; the weights are that, 1 and that over their sum.
  const side = Math.exp(-2) / (1 + 2 * Math.exp(-2));

  it("spreads one voxel over its neighbours by e^-2 at a deviation of 0.5, along one axis alone where others have one", () => {
    const blurred = changed([0, 0, 1, 0, 0], (voxels) =>
      blurInto(voxels, { shape: [1, 5, 1], deviations: [1, 0.5, 1] }),
    );
    assertAllClose(blurred, [0, side, 1 - 2 * side, side, 0], { abs: float });
  });

  it("mirrors at the border: the neighbour of an end counts twice there", () => {
    const blurred = changed([0, 1, 0], (voxels) => blurInto(voxels, { shape: [3, 1, 1], deviations: [0.5, 1, 1] }));
    assertAllClose(blurred, [2 * side, 1 - 2 * side, 2 * side], { abs: float });
  });

  it("keeps a constant, also where an axis is shorter than the weights", () => {
    const blurred = changed(new Array(30).fill(7), (voxels) =>
      blurInto(voxels, { shape: [2, 3, 5], deviations: [1, 1, 1] }),
    );
    assertAllClose(blurred, new Array(30).fill(7), { abs: 1e-5 });
  });
});

describe("coarsenInto", () => {
  it("keeps voxels 1 and 3 of four and puts 1, 1.5, 2.5, 3 in their place, as torch.nn.functional.interpolate", () => {
    const coarse = changed([0, 1, 2, 3], (voxels) => coarsenInto(voxels, [1, 1, 4], [1, 1, 0.5]));
    assertAllClose(coarse, [1, 1.5, 2.5, 3], { abs: float });
  });

  it("does along D and H what it does along W", () => {
    for (const [axis, shape] of [[4, 1, 1] as Triple, [1, 4, 1] as Triple].entries()) {
      const scales: Triple = axis === 0 ? [0.5, 1, 1] : [1, 0.5, 1];
      const coarse = changed([0, 1, 2, 3], (voxels) => coarsenInto(voxels, shape, scales));
      assertAllClose(coarse, [1, 1.5, 2.5, 3], { abs: float });
    }
  });

  it("changes nothing when all voxels are kept", () => {
    const values = Array.from({ length: 30 }, (_, i) => (i * 7) % 11);
    assert.deepEqual([...changed(values, (voxels) => coarsenInto(voxels, [2, 3, 5], [1, 1, 1]))], values);
  });
});

describe("fieldOf", () => {
  it("runs from e^-0.5 to e^0.5 along W when only W's first power counts", () => {
    // Terms are in the order of their powers of D, H, W: 001 is the first.
    const coefficients = [-3, ...new Array<number>(18).fill(0)];
    const field = fieldOf([2, 1, 3], { size: 0.5, coefficients });
    const row = [Math.exp(0.5), 1, Math.exp(-0.5)];
    assertAllClose(field, [...row, ...row], { rel: float });
  });
});

describe("gaussian-noise", () => {
  it("adds normal values of the drawn deviation, the same to every channel", () => {
    const patch = patchOf([9, 30, 31], 2);
    applied("gaussian-noise", patch, { range: [0.1, 0.1] });
    const [first, second] = [patch.image.subarray(0, 8370), patch.image.subarray(8370)];
    assert.deepEqual(first, second);
    const [mean, deviation] = slowMoments(first);
    assertClose(mean, 0, { abs: 0.005 });
    assertClose(deviation, 0.1, { rel: 0.03 });
  });
});

describe("brightness", () => {
  it("multiplies each channel by a factor of its own from the range", () => {
    const patch = patchOf([1, 2, 3], 2);
    patch.image.fill(2);
    applied("brightness", patch, { range: [0.75, 1.25] });
    const [first, second] = [patch.image[0] / 2, patch.image[6] / 2];
    assert.notEqual(first, second);
    for (const factor of [first, second]) assert.ok(factor >= 0.75 && factor <= 1.25);
  });
});

describe("bias-field", () => {
  it("keeps each channel's mean and standard deviation", () => {
    const patch = patchOf([5, 7, 9], 1);
    for (let i = 0; i < patch.image.length; i++) patch.image[i] = (i * 37) % 101;
    const before = slowMoments(patch.image);
    const first = patch.image.slice();
    applied("bias-field", patch, {});
    assert.notDeepEqual(patch.image, first);
    assertAllClose(slowMoments(patch.image), before, { rel: 1e-5 });
  });
});

function changed(values: readonly number[], change: (voxels: Float32Array) => void): Float32Array {
  const voxels = Float32Array.from(values);
  change(voxels);
  return voxels;
}

function patchOf(shape: Triple, channels: number): Patch {
  const voxels = shape[0] * shape[1] * shape[2];
  return { image: new Float32Array(channels * voxels), labels: new Float32Array(voxels), shape };
}

function applied(kind: string, patch: Patch, settings: object): void {
  const transform = transforms.find(({ defaults }) => defaults.kind === kind) as PatchTransform;
  const context = { random: randomFrom(1), shape: patch.shape, mirrorAxes: [] };
  transform.applyInto(patch, { ...transform.defaults, ...settings }, context);
}

/** Mean and standard deviation of the population. */
function slowMoments(values: ArrayLike<number>): readonly [number, number] {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return [mean, Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length)];
}
