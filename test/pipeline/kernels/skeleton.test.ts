import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { skeletonOf } from "../../../pipeline/kernels/skeleton.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { scipy } from "../../support/scipy.ts";
import { drawnMask, maskPairs } from "../../support/scored-masks.ts";
import { slowBetti } from "../../support/slow-topology.ts";
import { requireValidator } from "../../support/validators.ts";

const sizeOf = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0);

function maskWhere([depth, height, width]: Triple, isInside: (d: number, h: number, w: number) => boolean): Uint8Array {
  const mask = new Uint8Array(depth * height * width);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++) for (let w = 0; w < width; w++, i++) if (isInside(d, h, w)) mask[i] = 1;
  return mask;
}

/** A bent tube with a branch, its radius two and a half voxels. */
function isInTube(d: number, h: number, w: number): boolean {
  const fromTrunk = Math.hypot(h - 8 - 3 * Math.sin(d / 5), w - 9 - 2 * Math.cos(d / 4));
  const fromBranch = Math.hypot(d - 12, h - 8 - 3 * Math.sin(12 / 5));
  return fromTrunk < 2.5 || (fromBranch < 2.5 && w >= 8 && w < 20);
}

describe("skeletonOf", () => {
  it("leaves two voxels of a ball, as scikit-image 0.19 does, and all of a line", () => {
    const ball = maskWhere([19, 19, 19], (d, h, w) => Math.hypot(d - 9, h - 9, w - 9) <= 8);
    assert.equal(sizeOf(skeletonOf(ball, [19, 19, 19])), 2);
    const line = drawnMask("#.... .#... ..#.. ...#. ....#");
    assert.deepEqual(skeletonOf(line.data, line.shape), line.data);
  });

  it("leaves next to nothing of a plate and of a cube", () => {
    const plate = maskWhere([5, 21, 21], (d, h, w) => d === 2 && h > 2 && h < 18 && w > 2 && w < 18);
    assert.ok(sizeOf(skeletonOf(plate, [5, 21, 21])) <= 3);
    assert.ok(sizeOf(skeletonOf(new Uint8Array(125).fill(1), [5, 5, 5])) <= 3);
  });

  it("leaves a line of about its length of a bar, one to four voxels wide and high, whichever way it lies", () => {
    for (const turn of [0, 1, 2])
      for (const wide of [1, 2, 3, 4])
        for (const high of [1, 2, 3, 4]) {
          const sides = [32, wide, high];
          const shape = [0, 1, 2].map((axis) => sides[(axis + turn) % 3]) as unknown as Triple;
          const thin = skeletonOf(new Uint8Array(32 * wide * high).fill(1), shape);
          const lost = 32 - sizeOf(thin);
          assert.ok(lost >= 0 && lost <= 2 * Math.max(wide, high) + 1, `${shape}: ${lost} voxels lost`);
        }
  });

  it("leaves a ring of one voxel's width of a thick ring", () => {
    const ring = drawnMask("....... .#####. .#####. .##.##. .#####. .#####. .......");
    const thin = skeletonOf(ring.data, ring.shape);
    assert.deepEqual(slowBetti(thin, ring.shape), [1, 1, 0]);
    assert.ok(sizeOf(thin) <= 8, `${sizeOf(thin)} voxels`);
  });

  it("lies in the mask, has its regions, tunnels and cavities, and has nothing left to take away", () =>
    fc.assert(
      fc.property(maskPairs(), ({ prediction, shape }) => {
        const mask = prediction as Uint8Array;
        const thin = skeletonOf(mask, shape);
        assert.ok(thin.every((value, i) => value <= mask[i]));
        assert.deepEqual(slowBetti(thin, shape), slowBetti(mask, shape));
        assert.deepEqual(skeletonOf(thin, shape), thin);
      }),
    ));

  it("of a branching tube has the topology and about the length of scikit-image's", function () {
    this.timeout(20_000);
    requireValidator(this, "skimage");
    const shape: Triple = [27, 19, 23];
    const mask = maskWhere(shape, isInTube);
    const theirs = scipy(
      `from skimage.morphology import skeletonize_3d
result = skeletonize_3d(np.array(data["mask"], dtype=np.uint8).reshape(data["shape"])) > 0`,
      { mask: [...mask], shape },
    );
    const ours = skeletonOf(mask, shape);
    assert.deepEqual(slowBetti(ours, shape), [1, 0, 0]);
    assert.deepEqual(slowBetti(theirs, shape), [1, 0, 0]);
    const length = theirs.reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(sizeOf(ours) - length) < 0.2 * length, `${sizeOf(ours)} voxels, theirs ${length}`);
  });
});
