import { strict as assert } from "node:assert";
import { noGroups } from "../../../pipeline/evaluate/case-groups.ts";
import type { ClassScores } from "../../../pipeline/evaluate/evaluate-case.ts";
import type { EvaluatedCase } from "../../../pipeline/evaluate/evaluate-cases.ts";
import { summariseMethod } from "../../../pipeline/evaluate/method-summary.ts";
import { metricsNamed } from "../../../pipeline/evaluate/metrics/index.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { assertClose } from "../../support/numbers.ts";

const classes = [
  { id: 1, name: "liver" },
  { id: 2, name: "cyst" },
];

type Voxels = readonly [prediction: number, reference: number, both: number];

/** A measured case of so many voxels of each class. */
function caseOf(name: string, voxels: readonly Voxels[], voxelMl = 1): EvaluatedCase {
  return {
    case: name,
    shape: [1, 1, 1],
    spacingMm: [1, 1, 1],
    voxelMl,
    wasResampled: false,
    inputs: { prediction: [], reference: [] },
    warnings: [],
    classes: voxels.map(([prediction, reference, both], n): ClassScores => {
      const dice = (2 * both) / (prediction + reference);
      return { ...classes[n], prediction, reference, both, values: { dice } };
    }),
  };
}

const summed = (cases: readonly EvaluatedCase[], sizeTertiles = false) =>
  summariseMethod(cases, {
    metrics: metricsNamed(["dice"], "test"),
    classes,
    groups: noGroups,
    sizeTertiles,
    level: 0.95,
    resamples: 200,
    random: randomFrom(1),
  });

describe("summariseMethod", () => {
  const cases = [
    caseOf("a", [
      [10, 10, 10],
      [0, 0, 0],
    ]),
    caseOf(
      "b",
      [
        [5, 10, 5],
        [2, 0, 0],
      ],
      2,
    ),
    caseOf("c", [
      [0, 10, 0],
      [1, 1, 1],
    ]),
    { case: "d", problem: { code: "E_MISSING", where: "d", expected: "", got: "", next: "" } },
  ];

  it("counts in how many cases a class is where, and how large it is", async () => {
    assert.deepEqual((await summed(cases)).presence, [
      { label: "liver", inBoth: 2, inReferenceOnly: 1, inPredictionOnly: 0, inNeither: 0, referenceMl: 40 / 3 },
      { label: "cyst", inBoth: 1, inReferenceOnly: 0, inPredictionOnly: 1, inNeither: 1, referenceMl: 1 },
    ]);
  });

  it("weighs classes by their volume in the references, millilitres and not voxels", async () => {
    const [{ aggregate }] = (await summed(cases)).summaries;
    // Liver 10 + 20 + 10 ml of Dice 1, 2/3 and 0; cyst 1 ml of Dice 0 and 1.
    assertClose(aggregate.weightedMean, (40 * (5 / 9) + 1 * 0.5) / 41, { abs: 1e-12 });
  });

  it("keeps refused cases in the list and out of the numbers", async () => {
    const { scores, cases: listed } = await summed(cases);
    assert.deepEqual([...new Set(scores.map((score) => score.case))], ["a", "b", "c"]);
    assert.equal(listed.length, 4);
  });

  it("groups each class by its own size in the reference", async () => {
    const sizes = Array.from({ length: 6 }, (_, n) =>
      caseOf(`${n}`, [[n + 1, n + 1, n + 1], n < 3 ? [0, 0, 0] : [9 - n, 9 - n, 0]]),
    );
    const { cohorts } = await summed(sizes, true);
    const labelsOf = (group: string, label: string) =>
      cohorts.find((each) => each.group === group)?.summaries[0].aggregate.classes.find((each) => each.label === label)
        ?.description;
    assert.deepEqual(
      cohorts.map(({ column, group }) => [column, group]),
      [
        ["size", "small"],
        ["size", "medium"],
        ["size", "large"],
        ["size", "absent"],
      ],
    );
    assert.deepEqual(
      ["small", "medium", "large"].map((group) => labelsOf(group, "liver")?.count),
      [2, 2, 2],
    );
    assert.deepEqual(
      ["small", "medium", "large"].map((group) => labelsOf(group, "cyst")?.count),
      [1, 1, 1],
    );
    assert.equal(labelsOf("absent", "cyst")?.undefinedCount, 3);
  });
});
