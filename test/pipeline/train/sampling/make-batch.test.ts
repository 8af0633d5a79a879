import { strict as assert } from "node:assert";
import { type BatchRecipe, batchMaker } from "../../../../pipeline/train/sampling/make-batch.ts";
import type { PatchSource } from "../../../../pipeline/train/sampling/patch-source.ts";
import type { Triple } from "../../../../pipeline/volume/affine.ts";
import { patchSourceOf } from "../../../support/patch-source-of.ts";

/** Class 2 in one corner of a large case and nowhere else, class 5 in all of a small one. */
const sources: Readonly<Record<string, PatchSource>> = {
  corner: patchSourceOf(
    [21, 17, 19],
    (index) => (Math.max(...index) < 2 ? 2 : 0),
    ([d, h, w]) => d + h / 100 + w / 10000,
  ),
  small: patchSourceOf(
    [3, 4, 5],
    () => 5,
    () => 1,
  ),
};

const largeSource = (labelAt: (index: Triple) => number) => patchSourceOf([21, 17, 19], labelAt, () => 1);

const recipe: BatchRecipe = {
  cases: [
    { id: "corner", folder: "corner", classIds: [2] },
    { id: "small", folder: "small", classIds: [5] },
  ],
  plan: planOf({ patch: [7, 5, 9], batch: 3 }),
  sampling: { kind: "foreground" },
  augmentation: { preset: "nnunet-mr" },
  seed: 11,
};

describe("batchMaker", () => {
  it("makes the same bytes for a step whatever was made before", () => {
    const [inOrder, onlyOne] = [makerOf(recipe), makerOf(recipe)];
    for (let step = 0; step < 5; step++) inOrder.make(step);
    assert.deepEqual(inOrder.make(5), onlyOne.make(5));
  });

  it("makes other bytes for another step and for another seed", () => {
    const { image } = makerOf(recipe).make(5);
    assert.notDeepEqual(image, makerOf(recipe).make(6).image);
    assert.notDeepEqual(image, makerOf({ ...recipe, seed: 12 }).make(5).image);
  });

  it("has a foreground voxel of its case in the last patch of every batch, where nothing scales it away", () => {
    const maker = makerOf({ ...recipe, augmentation: { preset: "light" } });
    for (let step = 0; step < 60; step++) {
      const { labels, caseIds } = maker.make(step);
      assert.ok(labels.subarray(2 * 315).includes(caseIds[2] === "corner" ? 2 : 5));
    }
  });

  it("counts voxels and patches of each class as a slow count does, background first", () => {
    for (let step = 0; step < 10; step++) {
      const { labels, voxelsByClass, patchesByClass } = makerOf(recipe).make(step);
      const patches = [0, 1, 2].map((n) => [...labels.subarray(n * 315, (n + 1) * 315)]);
      const count = (id: number) => patches.map((patch) => patch.filter((label) => label === id).length);
      assert.deepEqual(
        voxelsByClass,
        [0, 2, 5].map((id) => count(id).reduce((sum, voxels) => sum + voxels, 0)),
      );
      assert.deepEqual(
        patchesByClass,
        [0, 2, 5].map((id) => count(id).filter((voxels) => voxels > 0).length),
      );
    }
  });

  it("shows the rare corner in patches of the case that lacks it when it is pasted", () => {
    const sources = { corner: largeSource((index) => (Math.max(...index) < 2 ? 2 : 0)), plain: largeSource(() => 0) };
    const cases = [
      { id: "corner", folder: "corner", classIds: [2] },
      { id: "plain", folder: "plain", classIds: [] },
    ];
    const augmentation = { preset: "none", transforms: [{ kind: "copy-paste", probability: 1 }] } as const;
    const maker = batchMaker({ ...recipe, cases, augmentation }, (folder) => sources[folder as "corner" | "plain"]);
    for (let step = 0; step < 20; step++) {
      const { labels, caseIds } = maker.make(step);
      for (const [n, id] of caseIds.entries()) {
        // The corner has eight voxels.
        const found = labels.subarray(n * 315, (n + 1) * 315).filter((label) => label === 2).length;
        if (id === "plain") assert.equal(found, 8);
      }
    }
  });

  it("gives the ignore label to what lies outside of a case, and looks for patches where somebody looked", () => {
    const plan = { ...planOf({ patch: [7, 5, 9], batch: 1 }), ignoreLabel: 6 };
    const cases = [recipe.cases[1]];
    const maker = makerOf({
      ...recipe,
      cases,
      plan,
      augmentation: { preset: "none" },
      sampling: { kind: "foreground", share: 0 },
    });
    for (let step = 0; step < 5; step++) {
      const { labels, voxelsByClass, image } = maker.make(step);
      assert.ok(labels.every((label, i) => (image[i] === 1 ? label === 5 : label === 6)));
      assert.equal(voxelsByClass[0], 0);
      assert.ok(voxelsByClass[2] > 0);
    }
  });

  it("draws slices for a 2-D plan, with the slice of a forced voxel", () => {
    const plan = planOf({ patch: [1, 8, 8], batch: 2 });
    const maker = makerOf({ ...recipe, plan, cases: [recipe.cases[0]], augmentation: { preset: "none" } });
    const slices = new Set<number>();
    for (let step = 0; step < 120; step++) {
      const { image, labels } = maker.make(step);
      assert.equal(image.length, 128);
      slices.add(Math.floor(Math.max(...image.subarray(0, 64))));
      assert.ok(labels.subarray(64).includes(2));
    }
    assert.equal(slices.size, 21);
  });

  it("passes on what reading a case throws", () => {
    const broken = batchMaker(recipe, () => {
      throw new Error("the disk is gone");
    });
    assert.throws(() => broken.make(0), /the disk is gone/);
  });
});

function makerOf(given: BatchRecipe) {
  return batchMaker(given, (folder) => sources[folder]);
}

function planOf({ patch, batch }: { readonly patch: Triple; readonly batch: number }): BatchRecipe["plan"] {
  const input = { channels: [{ name: "T1", normalisation: { kind: "none" as const } }] };
  const classes = [
    { id: 2, name: "corner" },
    { id: 5, name: "all" },
  ];
  return { patch, batch, input, classes, mirrorAxes: [0, 1, 2], spacingMm: [1, 1, 1] };
}
