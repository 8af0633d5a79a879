import { strict as assert } from "node:assert";
import { pasteInto } from "../../../../pipeline/train/augment/copy-paste.ts";
import type { Block } from "../../../../pipeline/train/augment/patch.ts";
import { structureAt } from "../../../../pipeline/train/augment/structure.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { indicesIn } from "../../../support/patch-source-of.ts";

describe("structureAt", () => {
  it("finds the voxels that hang together, what surrounds them, how far others are and where their middle is", () => {
    // Two voxels of class 2 in class 1, and one apart.
    const block = blockOf([1, 1, 12], { labels: [0, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 2], start: [7, 5, 100] });
    const { classId, hostId, distance, centre } = structureAt(block, 4);
    assert.deepEqual([classId, hostId], [2, 1]);
    assert.deepEqual([...distance], [3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 3, 3]);
    assert.deepEqual(centre, [7, 5, 104.5]);
  });

  it("counts steps from face to face in all three directions", () => {
    const labels = indicesIn([3, 3, 3]).map((index) => (String(index) === "1,1,1" ? 4 : 0));
    const { distance } = structureAt(blockOf([3, 3, 3], { labels }), 13);
    const steps = indicesIn([3, 3, 3]).map((index) => index.reduce((sum, value) => sum + Math.abs(value - 1), 0));
    assert.deepEqual([...distance], steps);
  });
});

describe("pasteInto", () => {
  const donor = blockOf([1, 1, 7], { labels: [1, 1, 1, 2, 1, 1, 1], image: [10, 10, 10, 50, 10, 10, 10] });
  const structure = structureAt(donor, 3);

  it("writes labels, and the image by 1, 2/3 and 1/3, as much brighter as the surroundings are", () => {
    const block = blockOf([1, 1, 9], { labels: new Array(9).fill(1), image: new Array(9).fill(30) });
    block.image[6] = 36;
    pasteInto(block, { structure, offset: [0, 0, 2] });
    assert.deepEqual([...block.labels], [1, 1, 1, 1, 1, 2, 1, 1, 1]);
    // Surroundings 3, 4, 6, 7 have mean 31.5 here and 10 there: 21.5 is added, to 71.5 and 31.5.
    const near = (own: number) => own + (2 / 3) * (31.5 - own);
    const far = 30 + (1 / 3) * 1.5;
    assertAllClose(block.image, [30, 30, 30, far, near(30), 71.5, near(36), far, 30], { abs: 1e-5 });
  });

  it("leaves voxels of other classes as they are", () => {
    const labels = [1, 1, 1, 1, 5, 1, 1];
    const block = blockOf([1, 1, 7], { labels, image: [0, 0, 0, 0, 9, 0, 0] });
    pasteInto(block, { structure, offset: [0, 0, 0] });
    assert.deepEqual([...block.labels], [1, 1, 1, 2, 5, 1, 1]);
    assert.equal(block.image[4], 9);
  });

  it("changes nothing where less than half of it lands on its own surroundings", () => {
    const wide = structureAt(blockOf([1, 1, 7], { labels: [1, 1, 2, 2, 2, 1, 1] }), 3);
    for (const [labels, offset] of [
      [[1, 1, 0, 0, 1, 1, 1], 0],
      [[1, 1, 1, 1, 1, 1, 1], 4],
    ] as const) {
      const block = blockOf([1, 1, 7], { labels });
      pasteInto(block, { structure: wide, offset: [0, 0, offset] });
      assert.deepEqual([...block.labels], labels);
    }
  });

  it("pastes what lies inside of a block that holds a part of the place, in every channel", () => {
    const block = blockOf([1, 1, 2], { labels: [1, 1], image: [0, 0, 7, 7], start: [0, 0, 3] });
    const two = { ...structure, block: { ...donor, image: Float32Array.of(...donor.image, ...donor.image) } };
    pasteInto(block, { structure: two, offset: [0, 0, 0] });
    assert.deepEqual([...block.labels], [2, 1]);
    assertAllClose(block.image, [40, 0, 47, 7], { abs: 1e-5 });
  });
});

function blockOf(
  shape: Triple,
  {
    labels,
    image = labels,
    start = [0, 0, 0],
  }: { labels: readonly number[]; image?: readonly number[]; start?: Triple },
): Block {
  const stop: Triple = [start[0] + shape[0], start[1] + shape[1], start[2] + shape[2]];
  return { box: { start, stop }, image: Float32Array.from(image), labels: Uint8Array.from(labels) };
}
