import { strict as assert } from "node:assert";
import { confusionOf, meanDiceOf } from "../../../pipeline/evaluate/confusion.ts";

const reference = Uint8Array.of(0, 0, 1, 1, 1, 4, 4, 9);
const prediction = Uint8Array.of(0, 4, 1, 1, 4, 4, 0, 1);

describe("confusionOf", () => {
  it("counts reference labels by row and predicted ones by column, in the order of the list", () => {
    assert.deepEqual(confusionOf({ prediction, reference }, { ids: [0, 1, 4] }), [
      [1, 0, 1],
      [0, 2, 1],
      [1, 0, 1],
    ]);
  });

  it("leaves out what nobody looked at, though it be on the list", () => {
    assert.deepEqual(confusionOf({ prediction, reference }, { ids: [0, 1, 4], ignoreLabel: 4 }), [
      [1, 0, 0],
      [0, 2, 0],
      [0, 0, 0],
    ]);
  });
});

describe("meanDiceOf", () => {
  it("is the mean of 2*2/(3+2) and 2*1/(2+3) for the two labels", () => {
    const counts = confusionOf({ prediction, reference }, { ids: [0, 1, 4] });
    assert.equal(meanDiceOf(counts), (4 / 5 + 2 / 5) / 2);
  });

  it("leaves out a label that is nowhere, and is no number where there is none", () => {
    assert.equal(
      meanDiceOf([
        [5, 1, 0],
        [0, 1, 0],
        [0, 0, 0],
      ]),
      2 / 3,
    );
    assert.ok(Number.isNaN(meanDiceOf([[7]])));
  });
});
