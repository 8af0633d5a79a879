import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { GraphBuilder, Value } from "../../../models/graph/builder.ts";
import { mul, softmax } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { type NaturalSelectionOptions, naturalSelection } from "../../../models/losses/natural-selection.ts";
import { runGraph } from "../../support/run-graph.ts";
import { bareContext } from "../../support/step-context.ts";

/** Weights of patches whose image is the logit of class 1 against 0 for background; the network passes it on. */
async function weightsOf(
  patches: readonly (readonly number[])[],
  labels: readonly (readonly number[])[],
  { sides, ...options }: NaturalSelectionOptions & { readonly sides: readonly number[] },
) {
  const seen: Value[] = [];
  const found = await runGraph((graph) => {
    const constant = (name: string, channels: number, values: readonly number[]) =>
      graph.constant(floatTensor(name, [patches.length, channels, ...sides], values));
    const image = constant("image", 1, patches.flat());
    const target = constant(
      "target",
      2,
      labels.flatMap((each) => [...each.map((label) => 1 - label), ...each]),
    );
    const forward = (other: Value) => {
      seen.push(other);
      return withBackground(graph, other);
    };
    const finest = { logits: withBackground(graph, image), target, activation: "softmax" as const };
    const context = bareContext(graph, { image, forward });
    const weights = naturalSelection(options).weigh({ losses: image, finest, context });
    return { weights, mosaic: softmax(seen[0], { axis: 1 }) };
  });
  return { weights: [...(found.get("weights") ?? [])], shape: seen[0].shape };
}

/** Logits [N, 2, ...] of an image [N, 1, ...]: 0 and what it says. */
function withBackground(graph: GraphBuilder, image: Value): Value {
  return mul(image, graph.floats([0, 1], [1, 2, ...image.shape.slice(2).map(() => 1)]));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe("naturalSelection", () => {
  it("lays two patches of [2, 4] side by side at half their width, and gives the worse one more", async () => {
    // Halved: first [3, 3 | 3, 3] of class 1 everywhere, second the same with logit 0.
    const patches = [new Array<number>(8).fill(3), new Array<number>(8).fill(0)];
    const labels = patches.map(() => new Array<number>(8).fill(1));
    const { weights, shape } = await weightsOf(patches, labels, { sides: [2, 4] });
    assert.deepEqual(shape, [1, 1, 2, 4]);
    const [good, bad] = [sigmoid(3), 0.5];
    const expected = [good, bad].map((score) => 1 + 0.5 - score / (good + bad));
    for (const [n, weight] of weights.entries()) assert.ok(Math.abs(weight - expected[n]) < 1e-4, `[${weights}]`);
    const { weights: winners } = await weightsOf(patches, labels, { sides: [2, 4], favours: "winners" });
    assert.ok(winners[0] > 1 && winners[1] < 1);
  });

  it("scores by the mean over classes, so that background in most voxels does not decide", async () => {
    // One voxel of four of the halved patch is of the class; the second patch misses it, the first misses a background voxel.
    const labels = [0, 1].map(() => [0, 1, 0, 0, 0, 0, 0, 0]);
    const right = [9, 9, -9, -9, -9, -9, -9, -9];
    const missesClass = [-9, -9, -9, -9, -9, -9, -9, -9];
    const missesBackground = [9, 9, 9, 9, -9, -9, -9, -9];
    const { weights } = await weightsOf([missesBackground, missesClass], labels, { sides: [2, 4] });
    // Means of 1 and 2/3 against 0 and 1.
    const expected = [5 / 6, 1 / 2].map((score) => 1.5 - score / (5 / 6 + 1 / 2));
    for (const [n, weight] of weights.entries()) assert.ok(Math.abs(weight - expected[n]) < 1e-3, `[${weights}]`);
    const { weights: same } = await weightsOf([right, right], labels, { sides: [2, 4] });
    for (const weight of same) assert.ok(Math.abs(weight - 1) < 1e-5);
  });

  it("weighs groups of 2 and 4 in 2-D and 3-D so that each group has mean 1, whatever the patches", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom<readonly [2 | 4, readonly number[]]>([2, [4, 6]], [4, [4, 6]], [2, [3, 2, 4]], [4, [3, 2, 4]]),
        fc.integer({ min: 1, max: 1000 }),
        async ([group, sides], seed) => {
          const voxels = sides.reduce((product, side) => product * side, 1);
          const wave = (n: number) => Array.from({ length: voxels }, (_, i) => 3 * Math.sin(seed * (i + 1) * (n + 2)));
          const patches = [0, 1, 2, 3].map(wave);
          const labels = patches.map((patch) => patch.map((_, i) => Number((i * seed) % 3 === 0)));
          const { weights } = await weightsOf(patches, labels, { sides, group });
          for (let g = 0; g < 4 / group; g++) {
            const own = weights.slice(g * group, (g + 1) * group);
            const mean = own.reduce((sum, weight) => sum + weight, 0) / group;
            assert.ok(Math.abs(mean - 1) < 1e-4, `[${weights}]`);
          }
        },
      ),
      { numRuns: 12 },
    ));

  it("lets a patch that is left over compete with none, and weighs the others as without it", async () => {
    const patches = [3, 0, 1].map((logit) => new Array<number>(8).fill(logit));
    const labels = patches.map(() => new Array<number>(8).fill(1));
    const { weights } = await weightsOf(patches, labels, { sides: [2, 4], base: 0.7 });
    const { weights: pair } = await weightsOf(patches.slice(0, 2), labels.slice(0, 2), { sides: [2, 4], base: 0.7 });
    assert.deepEqual(weights.slice(0, 2), pair);
    assert.ok(Math.abs(weights[2] - 0.7) < 1e-6);
  });

  it("refuses a batch that is smaller than a group, and odd sides", async () => {
    const patch = new Array<number>(8).fill(0);
    await assert.rejects(weightsOf([patch], [patch], { sides: [2, 4] }), /batches of 2 or more, got 1 patches/);
    await assert.rejects(weightsOf([patch, patch], [patch, patch], { sides: [8, 1] }), /even sides/);
  });
});
