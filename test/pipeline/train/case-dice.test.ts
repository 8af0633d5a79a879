import { strict as assert } from "node:assert";
import { caseDice, meanDice } from "../../../pipeline/train/case-dice.ts";

describe("caseDice", () => {
  const reference = Uint8Array.of(1, 1, 1, 0, 2, 9);

  it("is 2 |A and B| / (|A| + |B|) for each class, and leaves out one that is in neither", () => {
    const dice = caseDice(Uint8Array.of(1, 1, 0, 1, 0, 0), { reference, classIds: [1, 2, 3], ignoreLabel: undefined });
    assert.deepEqual(
      dice,
      new Map([
        [1, 4 / 6],
        [2, 0],
      ]),
    );
  });

  it("counts voxels that nobody looked at as neither right nor wrong, also where their label is above all classes", () => {
    const prediction = Uint8Array.of(1, 1, 1, 0, 2, 2);
    const looked = (ignoreLabel: number | undefined) =>
      caseDice(prediction, { reference, classIds: [1, 2], ignoreLabel });
    assert.deepEqual(
      looked(9),
      new Map([
        [1, 1],
        [2, 1],
      ]),
    );
    assert.deepEqual(
      looked(undefined),
      new Map([
        [1, 1],
        [2, 2 / 3],
      ]),
    );
  });
});

describe("meanDice", () => {
  it("is taken over the cases that have a class", () => {
    const found = meanDice([
      new Map([
        [1, 0.5],
        [2, 1],
      ]),
      new Map([[1, 0.75]]),
    ]);
    assert.deepEqual(
      found,
      new Map([
        [1, { mean: 0.625, cases: 2 }],
        [2, { mean: 1, cases: 1 }],
      ]),
    );
    assert.deepEqual(meanDice([]), new Map());
  });
});
