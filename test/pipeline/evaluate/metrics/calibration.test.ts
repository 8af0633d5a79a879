import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { calibrationOf } from "../../../../pipeline/evaluate/metrics/calibration.ts";
import { assertClose } from "../../../support/numbers.ts";

describe("calibrationOf", () => {
  it("weighs each bin's gap between mean probability and share of hits: 0.25, 0.75 and 0.75 of which one is right", () => {
    const reference = Uint8Array.of(0, 2, 0, 7);
    const found = calibrationOf(Float32Array.of(0.25, 0.75, 0.75, 0), { reference, classId: 2 });
    // Bins of a fifteenth: {0}, {0.25}, {0.75, 0.75}.
    assertClose(found.expectedError, (0 + 0.25 + Math.abs(1.5 - 1)) / 4, { rel: 1e-15 });
    assertClose(found.brier, (0.25 ** 2 + 0.25 ** 2 + 0.75 ** 2 + 0) / 4, { rel: 1e-15 });
  });

  it("puts a bin's upper end into it: gaps cancel within a bin, not between two", () => {
    // 0.2 is 3 / 15, the end of the third bin, in single precision a little above: the fourth.
    const within = calibrationOf(Float32Array.of(0.21, 0.26), { reference: Uint8Array.of(0, 1), classId: 1 });
    assertClose(within.expectedError, (1 - 0.21 - 0.26) / 2, { rel: 1e-6 });
    const between = calibrationOf(Float32Array.of(0.21, 0.27), { reference: Uint8Array.of(0, 1), classId: 1 });
    assertClose(between.expectedError, (0.21 + (1 - 0.27)) / 2, { rel: 1e-6 });
  });

  it("is 0 for certainty that is right, 1 for certainty that is wrong, and rounding above 1 does no harm", () => {
    const reference = Uint8Array.of(1, 0, 0);
    const right = calibrationOf(Float32Array.of(1.0000001, 0, 0), { reference, classId: 1 });
    assertClose(right.expectedError, 0, { abs: 1e-6 });
    assertClose(right.brier, 0, { abs: 1e-6 });
    const wrong = calibrationOf(Float32Array.of(0, 1, 1), { reference, classId: 1 });
    assert.deepEqual(wrong, { expectedError: 1, brier: 1 });
  });

  it("leaves voxels out that do not count, and is NaN for no voxels and for a probability that is none", () => {
    const reference = Uint8Array.of(1, 0, 0);
    const ignored = Uint8Array.of(0, 0, 1);
    const counted = calibrationOf(Float32Array.of(1, 0, 1), { reference, classId: 1, ignored });
    assert.deepEqual(counted, { expectedError: 0, brier: 0 });
    const nothing = { expectedError: Number.NaN, brier: Number.NaN };
    assert.deepEqual(calibrationOf(new Float32Array(0), { reference: new Uint8Array(0), classId: 1 }), nothing);
    assert.deepEqual(calibrationOf(Float32Array.of(1, 0, Number.NaN), { reference, classId: 1 }), nothing);
  });

  it("lies between 0 and 1, and no gap is larger than what the Brier score allows", () => {
    const voxel = fc.tuple(fc.float({ min: 0, max: 1, noNaN: true }), fc.nat(1));
    fc.assert(
      fc.property(fc.array(voxel, { minLength: 1 }), (voxels) => {
        const probabilities = Float32Array.from(voxels, ([probability]) => probability);
        const reference = Uint8Array.from(voxels, ([, hit]) => hit);
        const { expectedError, brier } = calibrationOf(probabilities, { reference, classId: 1 });
        assert.ok(expectedError >= 0 && brier <= 1);
        // Jensen: the square of a mean gap is at most the mean of squared gaps.
        assert.ok(expectedError ** 2 <= brier + 1e-12);
      }),
    );
  });
});
