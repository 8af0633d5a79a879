import { strict as assert } from "node:assert";
import { evaluateCase } from "../../pipeline/evaluate/evaluate-case.ts";
import { defaultMetricNames, metricNames, metrics, metricsNamed } from "../../pipeline/evaluate/metrics/index.ts";
import { volumeOf } from "../../pipeline/volume/volume.ts";
import { straightGrid } from "../support/boxes-scan.ts";
import { assertClose } from "../support/numbers.ts";

const shape = [5, 7, 9] as const;
const grid = straightGrid(shape, [3, 2, 1]);
const maskOf = (isIn: (d: number, h: number, w: number) => boolean) =>
  Uint8Array.from({ length: 315 }, (_, i) => (isIn(Math.floor(i / 63), Math.floor(i / 9) % 7, i % 9) ? 1 : 0));

/** An organ with a hole and a lesion beside it. */
const organ = maskOf(
  (d, h, w) => (d > 0 && d < 4 && h > 0 && h < 6 && w > 0 && w < 5 && (h !== 3 || w !== 3)) || w === 8,
);
/** Nothing of it, at the other end. */
const elsewhere = maskOf((d, h, w) => d === 0 && h === 0 && w === 6);
const nothing = new Uint8Array(315);

async function scoresOf(prediction: Uint8Array, reference: Uint8Array, certainty = 1) {
  const [{ values }] = await evaluateCase(
    {
      prediction: volumeOf(prediction, grid),
      reference: volumeOf(reference, grid),
      probabilities: () => Float32Array.from(prediction, (value) => certainty * value),
    },
    { classes: [{ id: 1, name: "organ" }], metrics: metricNames },
  );
  return values;
}

/** Longest way through the grid in mm. */
const DIAGONAL = Math.hypot(4 * 3, 6 * 2, 8 * 1);

describe("every metric", () => {
  for (const { key, unit, better, description, best, worst, needs } of metrics)
    describe(key, () => {
      it("has a name in lower-case words, a unit, a direction and a definition", () => {
        assert.match(key, /^[a-z0-9]+(-[a-z0-9]+)*$/);
        assert.ok(["", "mm", "ml"].includes(unit));
        assert.ok(description.length > 10 && !description.endsWith("."));
        assert.equal(best === undefined, key === "prevalence" || key.startsWith("lesions-"));
        assert.equal(worst === "distance", unit === "mm");
        if (typeof worst === "number" && best !== undefined) assert.equal(worst < best, better === "higher");
      });

      it("is as good as can be for a prediction that is the reference", async () => {
        const value = (await scoresOf(organ, organ))[key];
        if (best !== undefined) assertClose(value, best, { abs: 1e-12 });
        else assert.ok(value >= 0);
      });

      it("is within its bounds for a prediction that misses everything, and not the best", async () => {
        const value = (await scoresOf(elsewhere, organ))[key];
        if (needs === "topology" || better === "neither") return assert.ok(value >= 0);
        if (best !== undefined) assert.ok(Math.abs(value - best) > 0.001, `${value}`);
        if (worst === "distance") assert.ok(value > 0 && value <= DIAGONAL);
        if (typeof worst === "number")
          assert.ok(Math.min(worst, best ?? 0) <= value && value <= Math.max(worst, best ?? 0));
      });

      it("is NaN for a class in neither mask, 0 where it counts or compares, 1 where nothing was claimed", async () => {
        const value = (await scoresOf(nothing, nothing))[key];
        const isDefined = /^(lesions-|betti-|volume-difference|specificity|ece|brier)/.test(key);
        assert.deepEqual(value, isDefined ? (key === "specificity" ? 1 : 0) : Number.NaN);
      });
    });
});

describe("metricsNamed", () => {
  it("gives metrics in the order of tables, families whole, none twice", () => {
    const keys = (...names: string[]) => metricsNamed(names, "test").map(({ key }) => key);
    assert.deepEqual(keys("hd95", "dice", "dice"), ["dice", "hd95"]);
    assert.deepEqual(keys("all"), metricNames);
    assert.deepEqual(keys("calibration", "brier"), ["ece", "brier"]);
    assert.equal(new Set(metricNames).size, metricNames.length);
  });

  it("knows those that are measured when nobody chooses", () => {
    assert.deepEqual(
      new Set(metricsNamed(defaultMetricNames, "test").map(({ key }) => key)),
      new Set(defaultMetricNames),
    );
  });

  it("does not take what every object has for a family", () => {
    assert.throws(() => metricsNamed(["constructor"], "test"), { name: "ConfigError" });
  });
});
