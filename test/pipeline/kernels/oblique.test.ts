import { strict as assert } from "node:assert";
import fc from "fast-check";
import { sampleMajorityLabelsInto, sampleNearestLabelsInto } from "../../../pipeline/kernels/oblique-labels.ts";
import { interiorOf, rayOf, sampleLinearInto } from "../../../pipeline/kernels/oblique-voxels.ts";
import { resampleToGrid } from "../../../pipeline/kernels/resample.ts";
import { isStraight, pickLabelsInto } from "../../../pipeline/kernels/straight-labels.ts";
import { indexToLpsOf, type Triple } from "../../../pipeline/volume/affine.ts";
import { type Grid, volumeOf, voxelCountOf } from "../../../pipeline/volume/volume.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { assertAllClose, assertClose } from "../../support/numbers.ts";
import { scipy } from "../../support/scipy.ts";
import { isOutside, slowLinear, slowNearest, slowShares } from "../../support/slow-sampling.ts";
import { requireValidator } from "../../support/validators.ts";

const sides = fc.tuple(...([0, 1, 2] as const).map(() => fc.integer({ min: 1, max: 6 })));
const outside = fc.constantFrom("edge" as const, 0, 9);
/** Mostly coordinates between voxels; zeros too, so that rows stand still along an axis or run along the border. */
const coefficient = fc.oneof(fc.double({ min: -1.5, max: 1.5, noNaN: true }), fc.constantFrom(0, 1, -1));
const matrices = fc
  .tuple(fc.array(coefficient, { minLength: 9, maxLength: 9 }), fc.array(coefficient, { minLength: 3, maxLength: 3 }))
  .map(([m, at]) => [0, 1, 2].flatMap((row) => [...m.slice(3 * row, 3 * row + 3), 2 * at[row] + 1]));

const cases = fc.record({ inputShape: sides, outputShape: sides, targetToSource: matrices, outside }).map((each) => {
  const { inputShape, outputShape } = each as unknown as { inputShape: Triple; outputShape: Triple };
  const values = Array.from({ length: voxelCountOf(inputShape) }, (_, i) => (i * 7919) % 5);
  return { ...each, inputShape, outputShape, values };
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

describe("sampleLinearInto", () => {
  it("gives what linear interpolation means, on any grid, mirrored and sheared ones, planes and single voxels", () => {
    fc.assert(
      fc.property(cases, (each) => {
        const input = Float32Array.from(each.values);
        const output = new Float32Array(voxelCountOf(each.outputShape)).fill(Number.NaN);
        const interpolation = ["linear", "linear", "linear"] as const;
        const part = { start: 0, stop: each.outputShape[0] };
        sampleLinearInto({ ...each, input, frame: 0, output, interpolation, clip: undefined }, part);
        eachPoint(each, (point, i) => {
          if (!point.some(isHalfWay)) assertClose(output[i], slowLinear(samplingOf(each), point), { abs: 1e-5 });
        });
      }),
      { numRuns: 400 },
    );
  });
});

describe("interiorOf", () => {
  it("gives all voxels of a row that have a next neighbour on each axis, and no others", () => {
    fc.assert(
      fc.property(cases, ({ inputShape, targetToSource }) => {
        const ray = rayOf(targetToSource, 1, 2);
        const { start, stop } = interiorOf(ray, inputShape, 9);
        for (let w = 0; w < 9; w++) {
          const point = ray.begin.map((begin, axis) => begin + w * ray.step[axis]);
          const isInside = point.every((at, axis) => at >= 0 && at < inputShape[axis] - 1);
          assert.equal(w >= start && w < stop, isInside, `voxel ${w} at ${point}`);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("sampleNearestLabelsInto", () => {
  it("gives the class of the nearest voxel", () => {
    fc.assert(
      fc.property(cases, (each) => {
        const found = labelsOf(each, sampleNearestLabelsInto);
        eachPoint(each, (point, i) => {
          if (!point.some(isHalfWay)) assert.equal(found[i], slowNearest(samplingOf(each), point));
        });
      }),
      { numRuns: 400 },
    );
  });
});

describe("sampleMajorityLabelsInto", () => {
  it("gives the class of the largest share, the lowest of those that tie", () => {
    fc.assert(
      fc.property(cases, (each) => {
        const found = labelsOf(each, sampleMajorityLabelsInto);
        eachPoint(each, (point, i) => {
          if (point.some(isHalfWay) || isOutside(samplingOf(each), point)) return;
          const shares = slowShares(samplingOf(each), point);
          const best = Math.max(...shares.values());
          const tied = [...shares].filter(([, share]) => share > best - 1e-9).map(([id]) => id);
          assert.equal(found[i], Math.min(...tied), `${[...shares]}`);
        });
      }),
      { numRuns: 400 },
    );
  });
});

describe("pickLabelsInto", () => {
  it("gives what sampleNearestLabelsInto gives wherever the axes run along the source's", () => {
    fc.assert(
      fc.property(cases, (each) => {
        const targetToSource = each.targetToSource.map((value, n) => (n % 5 === 0 || n % 4 === 3 ? value : 0));
        assert.ok(isStraight(targetToSource));
        const straight = { ...each, targetToSource };
        assert.deepEqual(labelsOf(straight, pickLabelsInto), labelsOf(straight, sampleNearestLabelsInto));
      }),
      { numRuns: 400 },
    );
  });

  it("is not for grids whose axes run across each other", () => {
    assert.ok(!isStraight([1, 0, 0, 0, 0, 1, 0.1, 0, 0, 0, 1, 0]));
    assert.ok(!isStraight([0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]));
  });
});

describe("resampleToGrid, oblique and cubic", () => {
  it("gives the numbers of SciPy's map_coordinates of order 3", async function () {
    this.timeout(10_000);
    requireValidator(this, "scipy");
    const shape: Triple = [7, 9, 11];
    const values = Array.from({ length: voxelCountOf(shape) }, (_, i) => (i * 7919) % 101);
    const source = volumeOf(Float32Array.from(values), straightGrid(shape, [3, 2, 1]));
    const target = shearedAndMirrored();
    const { data } = await resampleToGrid(source, target, { interpolation: "cubic", outside: "edge" });
    const points: Triple[] = [];
    const rows = [0, 1, 2].map((axis) => {
      const spacing = [3, 2, 1][axis];
      const world = target.indexToLps.rows.slice(4 * (2 - axis), 4 * (2 - axis) + 4);
      const origin = [30, -20, 10][axis];
      return world.map((value, n) => (n === 3 ? value - origin : value) / spacing);
    });
    eachPoint({ outputShape: target.shape, targetToSource: rows.flat() }, (point) => points.push(point));
    const expected = scipy(
      `result = ndimage.map_coordinates(np.reshape(data["values"], data["shape"]).astype(float), np.array(data["at"]).T, order=3, mode="nearest")`,
      { values, shape, at: points },
    );
    assertAllClose(data, expected, { abs: 2e-4 });
  });
});

/** Steps at no right angles, one of them backwards; the field reaches beyond the source's. */
function shearedAndMirrored(): Grid {
  const rows = [0.2, 0, -0.9, 19, 0.1, 1.7, 0.3, -22, 2.5, -0.2, 0.1, 31, 0, 0, 0, 1];
  return { shape: [8, 9, 10], indexToLps: indexToLpsOf(rows, "test") };
}

function samplingOf({ values, inputShape, outside }: Case) {
  return { data: values, shape: inputShape, outside };
}

function labelsOf(each: Case, kernel: typeof pickLabelsInto): Uint8Array {
  const output = new Uint8Array(voxelCountOf(each.outputShape)).fill(77);
  const job = { ...each, input: Uint8Array.from(each.values), output };
  // Two parts: what one part may assume of the planes before it shows only then.
  const half = Math.ceil(each.outputShape[0] / 2);
  kernel(job, { start: 0, stop: half });
  kernel(job, { start: half, stop: each.outputShape[0] });
  return output;
}

function eachPoint(
  { outputShape, targetToSource: m }: Pick<Case, "outputShape" | "targetToSource">,
  visit: (point: Triple, i: number) => void,
): void {
  const [depth, height, width] = outputShape;
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++) {
        const at = (row: number) => m[row] * d + m[row + 1] * h + m[row + 3] + w * m[row + 2];
        visit([at(0), at(4), at(8)], i);
      }
}

/** Half way between two voxels or on the source's outer face, where the last bit decides. */
function isHalfWay(at: number): boolean {
  return Math.abs(at - Math.floor(at) - 0.5) < 1e-5;
}
