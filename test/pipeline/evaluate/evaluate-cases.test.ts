import { strict as assert } from "node:assert";
import { join } from "node:path";
import {
  type EvaluateCasesOptions,
  type EvaluatedCase,
  evaluateCases,
  isMeasured,
  type MeasuredCase,
} from "../../../pipeline/evaluate/evaluate-cases.ts";
import { straightGrid } from "../../support/boxes-scan.ts";
import { labelsAt, writeLabels } from "../../support/label-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const grid = straightGrid([3, 5, 7], [3, 2, 1]);
const options: EvaluateCasesOptions = {
  classes: [
    { id: 2, name: "spleen" },
    { id: 1, name: "liver" },
  ],
  metrics: ["dice", "volume-difference", "nsd"],
  resample: false,
  missingIsEmpty: false,
};

type Ids = Readonly<Record<number, number>>;

/** Evaluates cases of the given labels; a missing prediction has no file. */
async function evaluated(pairs: Readonly<Record<string, readonly [Ids | undefined, Ids]>>, chosen = options) {
  const folder = temporaryFolder();
  const cases = [];
  for (const [name, [found, wanted]] of Object.entries(pairs)) {
    const reference = await writeLabels(join(folder, "references", `${name}.nii`), labelsAt(grid, wanted));
    const prediction = join(folder, "predictions", `${name}.nii`);
    if (found !== undefined) await writeLabels(prediction, labelsAt(grid, found));
    cases.push({ case: name, reference, ...(found === undefined ? {} : { prediction }) });
  }
  return evaluateCases(cases, chosen);
}

function measured(each: EvaluatedCase): MeasuredCase {
  assert.ok(isMeasured(each), "the case was measured");
  return each;
}

describe("evaluateCases", () => {
  it("measures each case and refuses one without costing the others", async () => {
    const seen: number[] = [];
    const [first, second, third] = await evaluated(
      {
        a: [
          { 1: 1, 2: 1 },
          { 2: 1, 3: 1 },
        ],
        b: [undefined, { 1: 1 }],
        c: [{ 50: 2 }, { 50: 2 }],
      },
      { ...options, onCase: (done) => seen.push(done) },
    );
    assert.deepEqual(
      measured(first).classes.map(({ name, id, prediction, reference, both }) => [
        name,
        id,
        prediction,
        reference,
        both,
      ]),
      [
        ["spleen", 2, 0, 0, 0],
        ["liver", 1, 2, 2, 1],
      ],
    );
    assert.equal(measured(first).classes[1].values.dice, 0.5);
    assert.deepEqual(
      [measured(first).spacingMm, measured(first).shape, measured(first).voxelMl],
      [[3, 2, 1], [3, 5, 7], 0.006],
    );
    assert.deepEqual("problem" in second && second.problem.code, "E_MISSING");
    assert.equal(measured(third).classes[0].values.dice, 1);
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it("scores regions of labels, overlapping ones too, without the voxels to ignore", async () => {
    const classes = [
      { id: 0x10000, name: "whole", labels: [1, 2, 3] },
      { id: 3, name: "enhancing" },
      { id: 0x10001, name: "core", labels: [2, 3] },
    ];
    const [only] = await evaluated(
      {
        a: [
          { 0: 1, 1: 1, 2: 3, 3: 3, 4: 2, 9: 1 },
          { 0: 1, 1: 2, 2: 3, 3: 1, 5: 3, 9: 4 },
        ],
      },
      { ...options, classes, ignoreLabel: 4 },
    );
    // Voxel 9 does not count. Whole: 0 to 3 in both, 4 and 5 in one each. Core: 2, 3, 4 against 1, 2, 5.
    assert.deepEqual(
      measured(only).classes.map(({ name, prediction, reference, both, values }) => [
        name,
        prediction,
        reference,
        both,
        values.dice,
      ]),
      [
        ["whole", 5, 5, 4, 8 / 10],
        ["enhancing", 2, 2, 1, 2 / 4],
        ["core", 3, 3, 1, 2 / 6],
      ],
    );
  });

  it("takes each class's own tolerance, that of a region too", async () => {
    // One voxel against its neighbour along W, 1 mm away.
    const pair = [
      { 16: 1, 60: 2 },
      { 17: 1, 61: 2 },
    ] as const;
    const classes = [
      { id: 1, name: "one" },
      { id: 0x10000, name: "region", labels: [2, 3] },
    ];
    for (const [toleranceOf, expected] of [
      [(id: number) => (id === 1 ? 0.5 : 1), [0, 1]],
      [(id: number) => (id === 1 ? 1 : 0.5), [1, 0]],
    ] as const) {
      const [only] = await evaluated({ a: pair }, { ...options, classes, toleranceMm: toleranceOf });
      assert.deepEqual(
        measured(only).classes.map(({ values }) => values.nsd),
        expected,
      );
    }
  });

  it("names the region by case, and refuses the case where it has none", async () => {
    const withPrevalence = { ...options, metrics: ["prevalence"] };
    const [first, second] = await evaluated(
      { a: [{ 16: 1 }, { 16: 1 }], b: [{ 16: 1 }, { 16: 1 }] },
      {
        ...withPrevalence,
        region: async ({ case: name }) => {
          if (name === "a") return { kind: "box", marginMm: 1 };
          return { kind: "body", mask: new Uint8Array(105).fill(1, 0, 21) };
        },
      },
    );
    // A voxel at [0, 2, 2]: 1 mm more is a voxel more along each axis, two slices in the field. In the body: 1 of 21.
    assert.equal(measured(first).classes[1].values.prevalence, 1 / (2 * 3 * 3));
    assert.equal(measured(second).classes[1].values.prevalence, 1 / 21);
  });

  it("stops at the signal, with its reason, and at a metric that there is not", async () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await assert.rejects(evaluated({ a: [{}, {}] }, { ...options, signal: controller.signal }), /enough/);
    await assert.rejects(evaluated({ a: [{}, {}] }, { ...options, metrics: ["dise"] }), /expected metrics of/);
  });
});
