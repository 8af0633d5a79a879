import { strict as assert } from "node:assert";
import fc from "fast-check";
import { componentIndicesOf, componentsOf, keepLargest, removeSmall } from "../../../pipeline/kernels/components.ts";
import { fillHoles } from "../../../pipeline/kernels/fill-holes.ts";
import type { Triple } from "../../../pipeline/volume/affine.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { scipy } from "../../support/scipy.ts";
import { requireValidator } from "../../support/validators.ts";

const labelsOn = (shape: Triple, values: ArrayLike<number>) =>
  volumeOf(Uint8Array.from(values), straightGrid(shape, [1, 1, 1]));

const volumes = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 }))
  .chain((shape) =>
    fc
      .array(fc.integer({ min: 0, max: 2 }), { minLength: voxelCountOf(shape), maxLength: voxelCountOf(shape) })
      .map((values) => labelsOn(shape, values)),
  );

describe("componentsOf", () => {
  it("joins voxels that touch at a corner with 26 neighbours, at an edge with 18, at a face with 6", () => {
    const corner = labelsOn([2, 2, 2], [1, 0, 0, 0, 0, 0, 0, 1]);
    const edge = labelsOn([1, 2, 2], [1, 0, 0, 1]);
    const count = (labels: typeof corner, connectivity: 6 | 18 | 26) => componentsOf(labels, { connectivity }).length;
    assert.deepEqual([count(corner, 26), count(corner, 18), count(corner, 6)], [1, 2, 2]);
    assert.deepEqual([count(edge, 26), count(edge, 18), count(edge, 6)], [1, 1, 2]);
  });

  it("never joins two classes, and gives each region its size and box", () => {
    const found = componentsOf(labelsOn([1, 2, 4], [3, 3, 5, 0, 0, 3, 5, 5]));
    assert.deepEqual(found, [
      { classId: 3, voxels: 3, box: { start: [0, 0, 0], stop: [1, 2, 2] } },
      { classId: 5, voxels: 3, box: { start: [0, 0, 2], stop: [1, 2, 4] } },
    ]);
  });

  it("finds the regions that SciPy's label finds, in the same order", function () {
    this.timeout(10_000);
    requireValidator(this, "scipy");
    const shape: Triple = [7, 11, 13];
    const values = Array.from({ length: voxelCountOf(shape) }, (_, i) => ((i * 7919) % 17 < 7 ? 1 : 0));
    for (const [connectivity, rank] of [
      [6, 1],
      [18, 2],
      [26, 3],
    ] as const) {
      const expected = scipy(
        `result = ndimage.label(np.array(data["values"]).reshape(data["shape"]), ndimage.generate_binary_structure(3, data["rank"]))[0]`,
        { values, shape, rank },
      );
      assert.deepEqual([...componentIndicesOf(labelsOn(shape, values), { connectivity })], expected);
    }
  });

  it("has nothing to say of background alone", () => {
    assert.deepEqual(componentsOf(labelsOn([2, 3, 4], new Uint8Array(24))), []);
  });
});

describe("keepLargest and removeSmall", () => {
  it("keep the largest region of each class, the first at a tie, and leave other classes alone", () => {
    const labels = labelsOn([1, 1, 10], [1, 1, 0, 1, 1, 0, 2, 0, 2, 2]);
    assert.deepEqual([...keepLargest(labels).data], [1, 1, 0, 0, 0, 0, 0, 0, 2, 2]);
    assert.deepEqual([...keepLargest(labels, { classIds: [2] }).data], [1, 1, 0, 1, 1, 0, 0, 0, 2, 2]);
    assert.deepEqual(
      [...removeSmall(labels, { minimumVoxels: (id) => (id === 2 ? 2 : 0) }).data],
      [1, 1, 0, 1, 1, 0, 0, 0, 2, 2],
    );
  });

  it("leave at most one region of a class, remove nothing else, and change nothing the second time", () => {
    fc.assert(
      fc.property(volumes, (labels) => {
        const kept = keepLargest(labels);
        for (const id of [1, 2]) {
          const sizes = componentsOf(labels)
            .filter(({ classId }) => classId === id)
            .map(({ voxels }) => voxels);
          const left = componentsOf(kept).filter(({ classId }) => classId === id);
          assert.equal(left.length, Math.min(1, sizes.length));
          if (left.length === 1) assert.equal(left[0].voxels, Math.max(...sizes));
        }
        assert.ok(kept.data.every((value, i) => value === 0 || value === labels.data[i]));
        assert.deepEqual(keepLargest(kept).data, kept.data);
      }),
    );
  });
});

describe("fillHoles", () => {
  it("fills what SciPy's binary_fill_holes fills, for one class", function () {
    this.timeout(10_000);
    requireValidator(this, "scipy");
    const shape: Triple = [6, 9, 11];
    const random = randomFrom("holes");
    const values = Array.from({ length: voxelCountOf(shape) }, () => (random.uniform() < 0.8 ? 1 : 0));
    const expected = scipy(`result = ndimage.binary_fill_holes(np.array(data["values"]).reshape(data["shape"]))`, {
      values,
      shape,
    });
    assert.deepEqual([...fillHoles(labelsOn(shape, values)).data], expected);
    const count = (of: readonly number[]) => of.filter((value) => value === 1).length;
    assert.ok(count(expected) > count(values));
  });

  it("fills a single slice as a plane, keeps another class inside a hole, and leaves open holes open", () => {
    const ring = [1, 1, 1, 1, 0, 1, 1, 1, 1];
    assert.deepEqual([...fillHoles(labelsOn([1, 3, 3], ring)).data], [1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const island = [1, 1, 1, 1, 1, 1, 0, 2, 0, 1, 1, 1, 1, 1, 1].map((value) => value);
    assert.deepEqual([...fillHoles(labelsOn([1, 3, 5], island)).data].filter((value) => value === 2).length, 1);
    const open = [1, 0, 1, 1, 0, 1, 1, 1, 1];
    assert.deepEqual([...fillHoles(labelsOn([1, 3, 3], open)).data], open);
  });

  it("gives a hole between two nested classes to the outer one, and the innermost hole to the inner one", () => {
    const nested = [
      [1, 1, 1, 1, 1, 1, 1],
      [1, 0, 0, 0, 0, 0, 1],
      [1, 0, 2, 2, 2, 0, 1],
      [1, 0, 2, 0, 2, 0, 1],
      [1, 0, 2, 2, 2, 0, 1],
      [1, 0, 0, 0, 0, 0, 1],
      [1, 1, 1, 1, 1, 1, 1],
    ];
    const isInner = (h: number, w: number) => h > 1 && h < 5 && w > 1 && w < 5;
    const expected = nested.flatMap((row, h) => row.map((_, w) => (isInner(h, w) ? 2 : 1)));
    const labels = labelsOn([1, 7, 7], nested.flat());
    assert.deepEqual([...fillHoles(labels).data], expected);
    const onlyInner = nested.flatMap((row, h) => row.map((id, w) => (h === 3 && w === 3 ? 2 : id)));
    assert.deepEqual([...fillHoles(labels, { classIds: [2] }).data], onlyInner);
  });

  it("never changes a voxel that has a class, and changes nothing the second time", () => {
    fc.assert(
      fc.property(volumes, (labels) => {
        const filled = fillHoles(labels);
        assert.ok(labels.data.every((value, i) => value === 0 || filled.data[i] === value));
        assert.deepEqual(fillHoles(filled).data, filled.data);
      }),
    );
  });
});
