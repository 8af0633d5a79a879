import { strict as assert } from "node:assert";
import { asEncoder, encoderFrom } from "../../../models/architectures/encoders.ts";
import { architectures, networkClassBias, networkFrom, networkGroups } from "../../../models/architectures/index.ts";
import { gradientsOf } from "../../../models/gradient/gradients.ts";
import { graphBuilder } from "../../../models/graph/builder.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { add, mul, reshape, sumOfAll } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { crossAttention } from "../../../models/layers/cross-attention.ts";
import { focalPrior, focalStart } from "../../../models/layers/focal-bias.ts";
import { parametersOf } from "../../../models/layers/parameters.ts";
import { listParameters } from "../../../models/training-step.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { formulaWeights } from "../../support/formula-weights.ts";

function assertNear(found: readonly number[], expected: readonly number[], within: number): void {
  assert.equal(found.length, expected.length);
  for (const [n, value] of found.entries()) assert.ok(Math.abs(value - expected[n]) < within, `[${found}]`);
}

const stages = [4, 6, 8].map((features, level) => ({
  features,
  kernel: [3, 3],
  stride: level === 0 ? [1, 1] : [2, 2],
  blocks: 1,
}));
const small = { kind: "mask-decoder", features: 16, heads: 2, hidden: 12 } as const;
const frequencies = [0.9, 0.05, 0.01, 0.0005];
const context = { stages, outputs: 4, heads: 1, frequencies };

describe("focalStart", () => {
  // alpha (gamma log(1 - f) - mean), by hand from the authors' formula; their file of frequencies for BDSA.
  it("is what the published prior gives for the authors' five classes", () =>
    assertNear(focalStart([0.334, 0.106, 0.064, 0.03, 0.466], {}), [-0.032, 0.027, 0.037, 0.044, -0.076], 6e-4));

  it("gives classes of 1 % and 0.05 % almost the same with the published prior, and 0.3 apart with -log f", () => {
    const [, , few, rare] = focalStart(frequencies, {});
    assert.ok(Math.abs(few - rare) < 0.002);
    const [, , fewer, rarer] = focalStart(frequencies, { prior: "log-frequency" });
    assertNear([rarer - fewer], [0.1 * Math.log(0.01 / 0.0005)], 1e-9);
  });

  it("adds up to 0, and is finite for a class that no case holds and for one that fills everything", () => {
    const start = focalStart([1, 0], { prior: "log-frequency", scale: 1 });
    assertNear([start[0] + start[1]], [0], 1e-9);
    assert.ok(focalPrior([1, 0], {}).every(Number.isFinite));
  });
});

/** Output of image positions that look at three tokens, and its gradient to a bias, with the bias along keys or queries. */
async function attentionWith(bias: readonly number[], along: "keys" | "queries") {
  const graph = graphBuilder("attention");
  const constant = (name: string, shape: readonly number[]) =>
    graph.constant(floatTensor(name, shape, [...formulaWeights({ name, shape })]));
  const [queries, keys] = [constant("positions", [1, 3, 8]), constant("tokens", [1, 3, 8])];
  const offset = graph.input("bias", [3]);
  const shaped = along === "keys" ? [1, 1, 1, 3] : [1, 1, 3, 1];
  const parameters = parametersOf(graph, {
    isTraining: false,
    weight: ({ name, shape }) => constant(name, shape),
    buffer: () => assert.fail("no buffer"),
  });
  const options = { heads: 2, features: 8, adjust: (logits: typeof queries) => add(logits, reshape(offset, shaped)) };
  const output = crossAttention({ queries, keys, values: keys }, parameters, options);
  const [gradient] = gradientsOf(sumOfAll(mul(output, constant("loss", [1, 3, 8]))), [offset]);
  const session = await openSession(encodeModel(graph.build({ output, gradient })), { provider: "cpu", threads: 1 });
  const found = await session.runAll(new Map([["bias", { data: Float32Array.from(bias), shape: [3] }]]));
  await session.close();
  return { output: [...(found.get("output")?.data ?? [])], gradient: [...(found.get("gradient")?.data ?? [])] };
}

describe("a bias on attention", () => {
  it("changes nothing along the queries, where softmax takes it away, and has no gradient there", async () => {
    const without = await attentionWith([0, 0, 0], "queries");
    const found = await attentionWith([0.5, -1, 2], "queries");
    assertNear(found.output, without.output, 1e-6);
    assertNear(found.gradient, [0, 0, 0], 1e-6);
  });

  it("acts along the keys: with one class far above the others, every position gets that class's token alone", async () => {
    const found = await attentionWith([0, 0, 60], "keys");
    const rows = [0, 1, 2].map((n) => found.output.slice(8 * n, 8 * n + 8));
    assertNear(rows[0], rows[1], 1e-5);
    assertNear(rows[0], rows[2], 1e-5);
    const without = await attentionWith([0, 0, 0], "keys");
    assert.ok(
      without.gradient.every((each) => Math.abs(each) > 1e-6),
      `[${without.gradient}]`,
    );
  });
});

describe("maskDecoder", () => {
  const biasOf = (focalAttention: object | undefined) => {
    const settings = focalAttention === undefined ? small : { ...small, focalAttention };
    const { weights } = listParameters(networkFrom(settings, context), [1, 1, 16, 24]);
    return { settings, bias: weights.filter(({ name }) => name.includes("focal_bias")) };
  };

  it("has one learnt bias for all heads and layers, started at the prior, in a group of its own without decay", () => {
    const { settings, bias } = biasOf({});
    assert.equal(bias.length, 1);
    assert.deepEqual(bias[0].shape, [4]);
    assert.ok(bias[0].initial.kind === "values");
    assertNear(bias[0].initial.values, [-0.342, 0.108, 0.116, 0.118], 6e-4);
    const [group] = networkGroups(settings);
    assert.match(bias[0].name, new RegExp(group.match));
    assert.deepEqual(group, {
      name: "focal-bias",
      match: group.match,
      learningRate: 2e-3,
      clipNorm: 0.5,
      weightDecay: 0,
    });
  });

  it("has nothing to learn where the bias is fixed, and none without focal attention", () => {
    assert.deepEqual(biasOf({ form: "fixed" }).bias, []);
    assert.deepEqual(networkGroups({ ...small, focalAttention: { form: "fixed" } }), []);
    assert.deepEqual(biasOf(undefined).bias, []);
    assert.equal(networkClassBias(small, context, new Map()), undefined);
  });

  it("says what it adds to each class: what was learnt, or the prior and what was learnt", () => {
    const learnt = Float32Array.of(1, 2, 3, 4);
    const found = (form: "learnt" | "anchored" | "fixed") => {
      const settings = { ...small, focalAttention: { form } };
      const [{ name } = { name: "" }] = biasOf({ form }).bias;
      return networkClassBias(settings, context, new Map([[name, learnt]])) ?? assert.fail();
    };
    const prior = frequencies.map((frequency) => 2 * Math.log(1 - frequency));
    assertNear(found("learnt"), [1, 2, 3, 4], 1e-6);
    assertNear(
      found("anchored"),
      prior.map((each, n) => each + n + 1),
      1e-6,
    );
    assertNear(found("fixed"), prior, 1e-6);
  });

  it("works over the way down of every other architecture, coarser from level to level", () => {
    for (const { variants } of architectures) {
      const [network] = Object.values(variants);
      const encoder = asEncoder(network);
      if (network.kind === "mask-decoder") continue;
      assert.ok(encoder, network.kind);
      const graph = graphBuilder("encoder");
      const levels = encoderFrom(encoder, { stages })(
        graph.input("image", [1, 1, 64, 96]),
        parametersOf(graph, {
          isTraining: false,
          weight: ({ name, shape }) => graph.input(name, shape),
          buffer: ({ name, shape }) => ({ value: graph.input(name, shape), update: () => undefined }),
        }),
      );
      assert.ok(levels.length >= 2);
      levels.reduce(
        (sides, { value, stride }) => {
          assert.deepEqual(
            value.shape.slice(2),
            sides.map((side, axis) => side / stride[axis]),
            network.kind,
          );
          return value.shape.slice(2).map(Number);
        },
        [64, 96],
      );
    }
  });

  it("refuses heads that do not divide half the features", () =>
    assert.throws(() => networkFrom({ ...small, heads: 3 }, context), /3 heads/));
});
