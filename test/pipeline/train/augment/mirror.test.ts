import { strict as assert } from "node:assert";
import { mirror, mirrorInto } from "../../../../pipeline/train/augment/mirror.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";

describe("mirrorInto", () => {
  // 0 1 2 / 3 4 5 and below it 6 7 8 / 9 10 11
  const turned = (axis: number) => {
    const voxels = Float32Array.from({ length: 12 }, (_, i) => i);
    mirrorInto(voxels, [2, 2, 3], axis);
    return [...voxels];
  };

  it("turns planes around along D", () => {
    assert.deepEqual(turned(0), [6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5]);
  });

  it("turns rows around along H", () => {
    assert.deepEqual(turned(1), [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]);
  });

  it("turns columns around along W", () => {
    assert.deepEqual(turned(2), [2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9]);
  });
});

describe("mirror", () => {
  it("mirrors image and labels alike, only along the plan's axes, along each about every second time", () => {
    const random = randomFrom(3);
    const counts = [0, 0, 0];
    for (let n = 0; n < 2000; n++) {
      const labels = Float32Array.from({ length: 8 }, (_, i) => i);
      const image = Float32Array.from({ length: 16 }, (_, i) => i % 8);
      mirror.applyInto({ image, labels, shape: [2, 2, 2] }, mirror.defaults, {
        random,
        shape: [2, 2, 2],
        mirrorAxes: [0, 2],
      });
      assert.deepEqual([...image], [...labels, ...labels]);
      // The first voxel's number has a bit for each axis.
      for (const [axis, bit] of [4, 2, 1].entries()) if ((labels[0] & bit) !== 0) counts[axis]++;
    }
    assert.equal(counts[1], 0);
    // Five deviations of a fair coin thrown 2,000 times are 112.
    for (const axis of [0, 2]) assert.ok(Math.abs(counts[axis] - 1000) < 112, `${counts[axis]} of 2000 along ${axis}`);
  });
});
