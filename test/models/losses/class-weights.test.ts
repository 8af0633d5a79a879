import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { classWeights } from "../../../models/losses/class-weights.ts";
import { adjustedLogits } from "../../../models/losses/logit-adjustment.ts";
import { runGraph } from "../../support/run-graph.ts";

const names = ["background", "organ", "duct"];
const facts = { names, frequencies: [0.8, 0.15, 0.05] };

const close = (found: readonly number[], expected: readonly number[]) =>
  found.forEach((value, n) => {
    assert.ok(Math.abs(value - expected[n]) < 1e-9, `${found} is not ${expected}`);
  });
const normalised = (raw: readonly number[]) => {
  const mean = raw.reduce((sum, each) => sum + each, 0) / raw.length;
  return raw.map((each) => each / mean);
};

describe("classWeights", () => {
  it("are one over the frequency, or its square root, with mean 1", () => {
    close(classWeights({ kind: "inverse-frequency" }, facts), normalised([1.25, 1 / 0.15, 20]));
    close(
      classWeights({ kind: "square-root-inverse" }, facts),
      normalised([0.8, 0.15, 0.05].map((f) => 1 / Math.sqrt(f))),
    );
    close(classWeights({ kind: "median-frequency" }, facts), normalised([0.15 / 0.8, 1, 3]));
  });

  it("are Cui's (1 - beta) / (1 - beta^n) of 80, 15 and 5 voxels", () => {
    const found = classWeights({ kind: "effective-number", beta: 0.9, voxels: 100 }, facts);
    close(found, normalised([80, 15, 5].map((n) => 0.1 / (1 - 0.9 ** n))));
  });

  it("are clipped to a multiple of the least before they are normalised", () => {
    close(classWeights({ kind: "inverse-frequency", most: 10 }, facts), normalised([1.25, 1 / 0.15, 12.5]));
  });

  it("weigh a class that no case holds like the rarest one", () => {
    const [, organ, ghost] = classWeights({ kind: "inverse-frequency" }, { names, frequencies: [0.9, 0.1, 0] });
    assert.equal(ghost, organ);
  });

  it("are 1 where no case holds any class", () => {
    assert.deepEqual(classWeights({ kind: "inverse-frequency" }, { names, frequencies: [0, 0, 0] }), [1, 1, 1]);
  });

  it("are taken as they are when given by name, 1 where left out; a stranger's name is refused", () => {
    assert.deepEqual(classWeights({ kind: "given", weights: { duct: 7, background: 0.1 } }, facts), [0.1, 1, 7]);
    assert.throws(
      () => classWeights({ kind: "given", weights: { aorta: 2 } }, facts),
      /background, organ, duct.*aorta/,
    );
  });

  it("have mean 1 and rise as frequencies fall, whatever these are", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 2, maxLength: 8 }),
        (frequencies) => {
          for (const kind of [
            "inverse-frequency",
            "square-root-inverse",
            "median-frequency",
            "effective-number",
          ] as const) {
            const found = classWeights({ kind }, { names: frequencies.map(String), frequencies });
            const mean = found.reduce((sum, each) => sum + each, 0) / found.length;
            assert.ok(Math.abs(mean - 1) < 1e-9);
            for (const [n, weight] of found.entries())
              for (const [m, other] of found.entries())
                if (frequencies[n] < frequencies[m]) assert.ok(weight >= other - 1e-12);
          }
        },
      ),
    ));
});

describe("adjustedLogits", () => {
  it("adds tau times the log frequency of each channel", async () => {
    const found = await runGraph((graph) => {
      const logits = graph.floats([1, 2, 3, 4], [1, 2, 2]);
      return { adjusted: adjustedLogits(logits, { frequencies: [0.5, 0.01], tau: 2 }) };
    });
    const expected = [1, 2, 3, 4].map((value, i) => value + 2 * Math.log(i < 2 ? 0.5 : 0.01));
    assert.ok((found.get("adjusted") ?? []).every((value, i) => Math.abs(value - expected[i]) < 1e-6));
  });
});
