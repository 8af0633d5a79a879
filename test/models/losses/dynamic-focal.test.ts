import { strict as assert } from "node:assert";
import {
  CLASS_DICE,
  type DynamicFocalOptions,
  dynamicFocal,
  followedValidation,
} from "../../../models/losses/dynamic-focal.ts";
import { keptBuffers } from "../../support/kept-buffers.ts";
import { runGraph } from "../../support/run-graph.ts";

/** Two voxels of two channels with probabilities 0.8 and 0.4 of what they should be: background, then the class. */
async function lossWith(dice: readonly number[], options: DynamicFocalOptions = {}) {
  const found = await runGraph((graph) => {
    const kept = keptBuffers(graph, { [CLASS_DICE]: dice });
    const logits = graph.floats([Math.log(0.8), Math.log(0.6), Math.log(0.2), Math.log(0.4)], [1, 2, 2]);
    const target = graph.floats([1, 0, 0, 1], [1, 2, 2]);
    const context = { features: new Map<never, never>(), buffer: kept.buffer };
    const loss = dynamicFocal(options)({ logits, target, activation: "softmax", context });
    return { loss, ...kept.outputs() };
  });
  return { loss: found.get("loss")?.[0] ?? Number.NaN, next: found.get(`next.${CLASS_DICE}`) };
}

function assertNear(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) < 1e-5, `${found}, expected ${expected}`);
}

describe("dynamicFocal", () => {
  it("is focal loss with the greatest focus and all classes alike before anything is known of them", async () => {
    const each = [0.8, 0.4].map((share) => -((1 - share) ** 2) * Math.log(share));
    assertNear((await lossWith([0, 0])).loss, (each[0] + each[1]) / 2);
  });

  it("weighs by (1 - Dice)^gamma and focuses by 1 - Dice: 0.04 and 0.25 with focus 0.4 and 1 at Dice 0.8 and 0.5", async () => {
    const [few, many] = [0.05, 0.25].map((weight) => weight / 0.15);
    const first = -(few * 0.2 ** 0.4 * Math.log(0.8));
    const second = -(many * 0.6 ** 1 * Math.log(0.4));
    // 0.04 is held up to the smallest weight, 0.05.
    assertNear((await lossWith([0.8, 0.5])).loss, (first + second) / 2);
  });

  it("keeps what a validation said, and follows its batches where it is told to: 2 % of each one's soft Dice", async () => {
    assert.equal((await lossWith([0.8, 0.5])).next, undefined);
    const { next } = await lossWith([0.8, 0.5], { follow: "batches" });
    // Soft Dice 2 * 0.8 / (0.8 + 0.6 + 1) and, held to one voxel at least, 2 * 0.4 / (0.2 + 0.4 + 1).
    assertNear(next?.[0] ?? Number.NaN, 0.98 * 0.8 + 0.02 * (1.6 / 2.4));
    assertNear(next?.[1] ?? Number.NaN, 0.98 * 0.5 + 0.02 * (0.8 / 1.6));
  });
});

describe("followedValidation", () => {
  const classIds = [0, 1, 2];

  it("takes the first validation as it is, background as well as the best class", () =>
    assert.deepEqual(
      [
        ...followedValidation(Float32Array.of(0, 0, 0), {
          classIds,
          dice: new Map([
            [1, 0.25],
            [2, 0.75],
          ]),
        }),
      ],
      [0.75, 0.25, 0.75],
    ));

  it("takes half of each later one, and leaves a class alone that no case held", () =>
    assert.deepEqual(
      [...followedValidation(Float32Array.of(0.5, 0.25, 0.125), { classIds, dice: new Map([[1, 0.75]]) })],
      [0.625, 0.5, 0.125],
    ));
});
