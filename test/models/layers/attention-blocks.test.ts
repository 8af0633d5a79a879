import { strict as assert } from "node:assert";
import type { Value } from "../../../models/graph/builder.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { coordinateAttention } from "../../../models/layers/coordinate-attention.ts";
import { deepDeltaAttention } from "../../../models/layers/deep-delta-attention.ts";
import { type ParameterSpec, type Parameters, parametersOf } from "../../../models/layers/parameters.ts";
import { squeezeExcitation } from "../../../models/layers/squeeze-excitation.ts";
import { runGraph } from "../../support/run-graph.ts";

/** What a layer makes of an image, with weights by name; those that are not named are 0, factors of norms 1. */
async function layerOf(
  image: { readonly shape: readonly number[]; readonly values: readonly number[] },
  weights: Readonly<Record<string, readonly number[]>>,
  layer: (image: Value, parameters: Parameters) => Value,
): Promise<readonly number[]> {
  const found = await runGraph((graph) => {
    const weight = ({ name, shape, initial }: ParameterSpec) => {
      const count = shape.reduce((product, side) => product * side, 1);
      const rest = initial.kind === "constant" ? initial.value : 0;
      return graph.constant(
        floatTensor(
          name,
          shape,
          Array.from({ length: count }, (_, i) => weights[name]?.[i] ?? rest),
        ),
      );
    };
    const buffer = (spec: ParameterSpec) => ({ value: weight(spec), update: () => undefined });
    const parameters = parametersOf(graph, { isTraining: false, weight, buffer });
    return { y: layer(graph.constant(floatTensor("x", image.shape, image.values)), parameters) };
  });
  return [...(found.get("y") ?? [])];
}

function assertNear(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (const [n, value] of found.entries()) assert.ok(Math.abs(value - expected[n]) < 1e-4, `[${found}]`);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe("squeezeExcitation", () => {
  it("multiplies each channel by the sigmoid of what the channels' means come to", async () => {
    // Means 2 and 10; the first of four hidden channels is their difference the other way round, 8.
    const image = { shape: [1, 2, 1, 2], values: [1, 3, 5, 15] };
    const weights = { "squeeze.weight": [-1, 1], "excite.weight": [0.5, 0, 0, 0, -0.25, 0, 0, 0] };
    const [first, second] = [sigmoid(4), sigmoid(-2)];
    assertNear(await layerOf(image, weights, squeezeExcitation), [first, 3 * first, 5 * second, 15 * second]);
  });
});

describe("coordinateAttention", () => {
  it("multiplies each voxel by a share per axis, from the means along that axis", async () => {
    // Row means 2 and 4, column means 1, 2 and 6; hidden channel 0 passes them on, hard-swish leaves values from 3 on.
    const image = { shape: [1, 1, 2, 3], values: [0, 1, 5, 2, 3, 7] };
    const weights = { "conv1.weight": [1], "conv_0.weight": [1], "conv_1.weight": [-0.5] };
    const hardSwish = (x: number) => (x * Math.min(6, Math.max(0, x + 3))) / 6;
    const normal = (x: number) => x / Math.sqrt(1 + 1e-5);
    const rows = [2, 4].map((mean) => sigmoid(hardSwish(normal(mean))));
    const columns = [1, 2, 6].map((mean) => sigmoid(-0.5 * hardSwish(normal(mean))));
    const expected = image.values.map((value, i) => value * rows[Math.floor(i / 3)] * columns[i % 3]);
    assertNear(
      await layerOf(image, weights, (x, parameters) => coordinateAttention(x, parameters, { norm: "batch" })),
      expected,
    );
  });
});

describe("deepDeltaAttention", () => {
  const identity = [1, 0, 0, 1];
  const open = { "gate.psi.bias": [40] };

  it("puts the value in the place of what lies along the key where the step is 1", async () => {
    // The key is x / 5, the value 10: x + (10 - 5) x / 5 = 2 x.
    const image = { shape: [1, 2, 1, 1], values: [3, 4] };
    const weights = { "key.weight": identity, "value.bias": [10], "step.bias": [0], ...open };
    assertNear(await layerOf(image, weights, (x, parameters) => deepDeltaAttention(x, x, parameters)), [6, 8]);
  });

  it("mirrors across the key where the step is 2 and the value 0", async () => {
    // The key is the first axis: (3, 4) to (-3, 4).
    const image = { shape: [1, 2, 1, 1], values: [3, 4] };
    const weights = { "key.weight": [1, 0, 0, 0], "step.bias": [40], ...open };
    assertNear(await layerOf(image, weights, (x, parameters) => deepDeltaAttention(x, x, parameters)), [-3, 4]);
  });

  it("lets through what the gate makes of skip and decoder: half where both say nothing", async () => {
    const image = { shape: [1, 2, 1, 1], values: [3, 4] };
    assertNear(await layerOf(image, {}, (x, parameters) => deepDeltaAttention(x, x, parameters)), [1.5, 2]);
  });

  it("starts with a step of 0.1: a key along x and a value of 0 take a tenth of x away", async () => {
    const image = { shape: [1, 2, 1, 1], values: [3, 4] };
    const weights = { "key.weight": identity, ...open };
    assertNear(await layerOf(image, weights, (x, parameters) => deepDeltaAttention(x, x, parameters)), [2.7, 3.6]);
  });
});
