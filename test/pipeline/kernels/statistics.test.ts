import { strict as assert } from "node:assert";
import fc from "fast-check";
import { mapIntensityInto } from "../../../pipeline/kernels/intensity.ts";
import { labelExtentsOf } from "../../../pipeline/kernels/label-extents.ts";
import { percentilesOf } from "../../../pipeline/kernels/percentiles.ts";
import { momentsOf, valuesPerClass } from "../../../pipeline/kernels/statistics.ts";
import { assertClose } from "../../support/numbers.ts";

describe("momentsOf", () => {
  it("gives mean 3, population deviation sqrt(2), range 1 to 5 for 1..5, and skips what is not finite", () => {
    const { mean, std, min, max } = momentsOf(Float32Array.of(1, 2, 3, Number.NaN, 4, 5, Infinity));
    assertClose(std, Math.SQRT2, { abs: 1e-12 });
    assert.deepEqual([mean, min, max], [3, 1, 5]);
  });

  it("keeps its precision for large values: 1e6 and 1e6 + 1", () => {
    assertClose(momentsOf(Float32Array.of(1e6, 1e6 + 1)).std, 0.5, { abs: 1e-4 });
  });

  it("gives NaN where there is no finite value", () => {
    assert.ok(Number.isNaN(momentsOf(Float32Array.of(Number.NaN)).mean));
  });
});

describe("percentilesOf", () => {
  it("interpolates as NumPy does: the 10th percentile of 0, 10, 20, 30 is 3", () => {
    assertClose(percentilesOf(Int16Array.of(30, 0, 20, 10), [10])[0], 3, { abs: 1e-9 });
  });

  it("equals the slow way over sorted values, for floats and integers of any sign", () => {
    const slow = (sorted: readonly number[], percent: number) => {
      const position = (percent / 100) * (sorted.length - 1);
      const low = Math.floor(position);
      const next = sorted[Math.min(low + 1, sorted.length - 1)];
      return sorted[low] + (position - low) * (next - sorted[low]);
    };
    const percents = [0, 0.5, 25, 50, 99.5, 100];
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 }),
        (values) => {
          for (const array of [Float32Array.from(values), Int16Array.from(values, (value) => value / 100)]) {
            const sorted = [...array].sort((first, second) => first - second);
            percentilesOf(array, percents).forEach((found, i) => {
              assertClose(found, slow(sorted, percents[i]), { abs: 1e-2, rel: 1e-6 });
            });
          }
        },
      ),
    );
  });
});

describe("valuesPerClass", () => {
  it("gathers each class's values in scanning order and leaves background out", () => {
    const found = valuesPerClass(Int16Array.of(5, 6, 7, 8), Uint8Array.of(2, 0, 9, 2));
    assert.deepEqual(
      [...found].map(([id, values]) => [id, [...values]]),
      [
        [2, [5, 8]],
        [9, [7]],
      ],
    );
  });
});

describe("labelExtentsOf", () => {
  it("gives a class's voxels, box and centroid", () => {
    const labels = Uint8Array.of(0, 4, 0, 0, 4, 4);
    assert.deepEqual(labelExtentsOf(labels, [1, 2, 3]).get(4), {
      voxels: 3,
      box: { start: [0, 0, 1], stop: [1, 2, 3] },
      centroid: [0, 2 / 3, 4 / 3],
    });
  });
});

describe("mapIntensityInto", () => {
  it("clips first, then shifts and scales: -5, 3, 9 within 0..6 less 1 over 2", () => {
    const output = new Float32Array(3);
    mapIntensityInto(output, Int16Array.of(-5, 3, 9), { lower: 0, upper: 6, subtract: 1, divide: 2 });
    assert.deepEqual([...output], [-0.5, 1, 2.5]);
  });
});
