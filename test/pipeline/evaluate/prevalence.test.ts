import { strict as assert } from "node:assert";
import { evaluateCase } from "../../../pipeline/evaluate/evaluate-case.ts";
import type { PrevalenceRegion } from "../../../pipeline/evaluate/prevalence.ts";
import { volumeOf } from "../../../pipeline/volume/volume.ts";
import { boxesVolume, straightGrid } from "../../support/boxes-scan.ts";
import { labelsAt } from "../../support/label-files.ts";

const grid = straightGrid([6, 7, 9], [3, 2, 1]);
const boxes = boxesVolume(grid, [
  { box: { start: [1, 2, 3], stop: [3, 4, 6] }, intensity: 1 },
  { box: { start: [5, 6, 8], stop: [6, 7, 9] }, intensity: 2 },
  { box: { start: [0, 0, 0], stop: [1, 7, 9] }, intensity: 9 },
]);
const reference = volumeOf(Uint8Array.from(boxes.data), grid);
const classes = [
  { id: 1, name: "organ" },
  { id: 2, name: "lesion" },
  { id: 3, name: "nowhere" },
];

/** Prevalence of each class; all voxels predicted to be of class 1. */
async function prevalencesIn(region: PrevalenceRegion, ignoreLabel?: number) {
  const prediction = volumeOf(new Uint8Array(reference.data.length).fill(1), grid);
  const scores = await evaluateCase(
    { prediction, reference },
    { classes, metrics: ["prevalence"], region, ignoreLabel },
  );
  return scores.map(({ values }) => values.prevalence);
}

describe("the prevalence of a class", () => {
  it("is the reference's share of the whole field, whatever is predicted", async () => {
    assert.deepEqual(await prevalencesIn({ kind: "whole" }), [12 / 378, 1 / 378, Number.NaN]);
  });

  it("is its share of its box, grown by whole voxels that cover the margin and cut off at the border", async () => {
    // 2 mm: one plane of 3 mm, one row of 2 mm, two columns of 1 mm on each side.
    const expected = [12 / (4 * 4 * 7), 1 / (2 * 2 * 3), Number.NaN];
    assert.deepEqual(await prevalencesIn({ kind: "box", marginMm: 2 }), expected);
  });

  it("is its share of the body and of what of itself lies outside the body", async () => {
    const body = Uint8Array.from(reference.data, (_, i) => (i < 189 ? 7 : 0));
    const mask = { kind: "body", mask: body } as const;
    assert.deepEqual(await prevalencesIn(mask), [12 / 189, 1 / 190, Number.NaN]);
  });

  it("leaves out voxels that do not count, in each region", async () => {
    assert.deepEqual(await prevalencesIn({ kind: "whole" }, 9), [12 / 315, 1 / 315, Number.NaN]);
    const box = await prevalencesIn({ kind: "box", marginMm: 2 }, 9);
    assert.deepEqual(box, [12 / (3 * 4 * 7), 1 / 12, Number.NaN]);
    const mask = new Uint8Array(378).fill(1);
    assert.deepEqual(await prevalencesIn({ kind: "body", mask }, 9), [12 / 315, 1 / 315, Number.NaN]);
  });

  it("is refused for a body mask of another size", () =>
    assert.rejects(prevalencesIn({ kind: "body", mask: new Uint8Array(7) }), {
      name: "ShapeError",
      message: "body mask: expected 378 voxels, as the reference has, got 7. Pass a mask on the reference's grid.",
    }));

  it("is NaN for a class that is predicted alone", async () => {
    const pair = { prediction: labelsAt(grid, { 5: 3 }), reference };
    const [, , scores] = await evaluateCase(pair, { classes, metrics: ["prevalence", "o-dice"] });
    assert.deepEqual(scores.values, { prevalence: Number.NaN, "o-dice": Number.NaN });
  });
});
