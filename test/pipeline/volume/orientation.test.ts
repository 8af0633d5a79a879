import { strict as assert } from "node:assert";
import fc from "fast-check";
import { type IndexToLps, indexToLpsFromSteps, indexToLpsOf } from "../../../pipeline/volume/affine.ts";
import { ConfigError } from "../../../pipeline/volume/errors.ts";
import { axisMovesBetween, orientationOf } from "../../../pipeline/volume/orientation.ts";
import { directionOf, orientationCodes } from "../../support/orientations.ts";
import { obliqueGrid } from "../../support/phantom-series.ts";
import { scipy } from "../../support/scipy.ts";
import { requireValidator } from "../../support/validators.ts";

/** A grid of spacing [3, 2, 1] whose axes point where a code says. */
function pointing(code: string): IndexToLps {
  const [d, h, w] = [...code].map((letter, axis) => directionOf[letter].map((value) => value * (3 - axis)));
  return indexToLpsFromSteps({ d, h, w }, { originXyz: [1, 2, 3], where: "test" });
}

describe("orientationOf", () => {
  it("names all 48 orders and directions of the axes", () => {
    assert.equal(new Set(orientationCodes).size, 48);
    for (const code of orientationCodes) assert.equal(orientationOf(pointing(code)), code);
  });

  it("names an oblique grid after the axes it is nearest to", () => {
    const tilted = obliqueGrid([1, 1, 1], { spacingMm: [3, 2, 1], angles: [0.5, -0.4, 0.3], originXyz: [0, 0, 0] });
    assert.equal(orientationOf(tilted.indexToLps), "SPL");
  });

  it("gives each patient axis once, at 45 degrees too, where axial slices win", () => {
    const diagonal = { d: [0, 1, 1], h: [0, 1, -1], w: [1, 0, 0] };
    const affine = indexToLpsFromSteps(diagonal, { originXyz: [0, 0, 0], where: "test" });
    assert.equal(orientationOf(affine), "SPL");
  });

  it("does not look at the spacing: 100 mm slices tilted by 10 degrees stay axial", () => {
    const [cos, sin] = [Math.cos(Math.PI / 18), Math.sin(Math.PI / 18)];
    const steps = { d: [0, -100 * sin, 100 * cos], h: [0, 0.1 * cos, 0.1 * sin], w: [0.1, 0, 0] };
    assert.equal(orientationOf(indexToLpsFromSteps(steps, { originXyz: [0, 0, 0], where: "test" })), "SPL");
  });

  it("agrees with nibabel's aff2axcodes on rotations by up to 0.6 rad about all axes of all 48 orders", function () {
    this.timeout(10_000);
    requireValidator(this, "nibabel");
    const angle = fc.double({ min: -0.6, max: 0.6, noNaN: true });
    const turns = fc.sample(fc.tuple(angle, angle, angle), { numRuns: 48, seed: 7 });
    const affines = orientationCodes.map((code, n) => turned(pointing(code), turns[n]));
    // nibabel's world is RAS: the first two rows change sign, and the letters mean the same directions.
    const ras = affines.map(({ rows }) => rows.map((value, n) => (n < 8 ? -value : value)));
    const expected = scipy(
      `
import nibabel
codes = ["".join(nibabel.aff2axcodes(np.reshape(rows, (4, 4)))) for rows in data]
result = [ord(letter) for code in codes for letter in code]`,
      ras,
    );
    assert.equal(affines.map(orientationOf).join(""), String.fromCharCode(...expected));
  });
});

describe("axisMovesBetween", () => {
  it("takes D from W turned round, H from D, and W from H, from SPL to RSP", () => {
    assert.deepEqual(axisMovesBetween("SPL", "RSP"), { sourceAxis: [2, 0, 1], flipped: [true, false, false] });
  });

  it("refuses codes of other letters, lengths or with an axis twice", () => {
    for (const code of ["", "SP", "SPLL", "SPX", "SIL", "LRP", "spl", "SPL "]) {
      const isRefusal = (error: unknown) => error instanceof ConfigError && error.problem.code === "G_ORIENTATION";
      assert.throws(() => axisMovesBetween(code, "SPL"), isRefusal);
      assert.throws(() => axisMovesBetween("SPL", code), isRefusal);
    }
  });

  it("shows no more than 16 letters of a wrong code", () => {
    assert.throws(() => axisMovesBetween("X".repeat(1000), "SPL"), /got "X{16}"\. /);
  });
});

/** A grid turned about the patient's axes. */
function turned({ rows }: IndexToLps, [a, b, c]: readonly [number, number, number]): IndexToLps {
  const { rows: turn } = obliqueGrid([1, 1, 1], {
    spacingMm: [1, 1, 1],
    angles: [a, b, c],
    originXyz: [0, 0, 0],
  }).indexToLps;
  // The columns of an oblique grid follow z, y, x.
  const at = (row: number, column: number) =>
    [0, 1, 2].reduce((sum, k) => sum + turn[4 * row + 2 - k] * rows[4 * k + column], 0);
  const row = (n: number) => [0, 1, 2, 3].map((column) => at(n, column));
  return indexToLpsOf([...row(0), ...row(1), ...row(2), 0, 0, 0, 1], "test");
}
