import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { bettiNumbers } from "../../../../pipeline/evaluate/metrics/topology.ts";
import { assertClose } from "../../../support/numbers.ts";
import { drawnMask, maskPairs, scoresOf } from "../../../support/scored-masks.ts";
import { slowBetti } from "../../../support/slow-topology.ts";

const topology = { metrics: ["topology"] };

describe("bettiNumbers", () => {
  it("counts regions, tunnels and cavities of what everybody knows", () => {
    const of = (...slices: string[]) => {
      const { data, shape } = drawnMask(...slices);
      return bettiNumbers(data, shape);
    };
    assert.deepEqual(of("#.#"), [2, 0, 0]);
    assert.deepEqual(of("### #.# ###"), [1, 1, 0]);
    assert.deepEqual(of("### ### ###", "### #.# ###", "### ### ###"), [1, 0, 1]);
    assert.deepEqual(of("### #.# ### #.# ### ... ..#"), [2, 2, 0]);
    assert.deepEqual(of("..."), [0, 0, 0]);
  });

  it("counts what flooding and the definition of the Euler characteristic count, on any mask", () =>
    fc.assert(
      fc.property(maskPairs(), ({ prediction, shape }) => {
        assert.deepEqual(bettiNumbers(prediction as Uint8Array, shape), slowBetti(prediction, shape));
      }),
    ));
});

describe("topology metrics", () => {
  it("find a ring that was closed by mistake, a region too many, and how much of each centreline is inside", async () => {
    const reference = drawnMask("####### #.....# #.....# .......");
    const prediction = drawnMask("####### #.....# ####### .......");
    const pair = { prediction: prediction.data, reference: reference.data, shape: prediction.shape };
    const values = await scoresOf({ ...pair, spacingMm: [3, 2, 1] }, topology);
    assert.deepEqual([values["betti-0-error"], values["betti-1-error"], values["betti-2-error"]], [0, 1, 0]);
    // Thinned lines are what they were, but for corners that an edge joins: 16 - 4 of the ring, 11 - 2 of the arch.
    const [insideReference, insidePrediction] = [(12 - 5) / 12, 9 / 9];
    assertClose(values["cl-dice"], (2 * insideReference * insidePrediction) / (insideReference + insidePrediction), {
      rel: 1e-14,
    });
  });

  it("are perfect for a mask and itself, and 0 for centrelines that miss each other", () =>
    fc.assert(
      fc.asyncProperty(maskPairs(), async (pair) => {
        const same = await scoresOf({ ...pair, prediction: pair.reference }, topology);
        const isEmpty = pair.reference.every((value) => value === 0);
        assert.deepEqual(same, {
          "cl-dice": isEmpty ? Number.NaN : 1,
          "betti-0-error": 0,
          "betti-1-error": 0,
          "betti-2-error": 0,
        });
        const swapped = { ...pair, prediction: pair.reference, reference: pair.prediction };
        assert.deepEqual(await scoresOf(swapped, topology), await scoresOf(pair, topology));
      }),
    ));

  it("give a class in one mask alone a centreline Dice of 0", async () => {
    const { data, shape } = drawnMask("###");
    const pair = { prediction: data, reference: new Uint8Array(3), shape, spacingMm: [1, 1, 1] as const };
    assert.deepEqual(await scoresOf(pair, topology), {
      "cl-dice": 0,
      "betti-0-error": 1,
      "betti-1-error": 0,
      "betti-2-error": 0,
    });
  });
});
