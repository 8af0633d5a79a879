import { strict as assert } from "node:assert";
import type { Network } from "../../../models/architectures/architecture.ts";
import { graphBuilder } from "../../../models/graph/builder.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import type { Graph } from "../../../models/graph/graph.ts";
import { add, mul, sumOfAll } from "../../../models/graph/operators/index.ts";
import { foldBatchNorm } from "../../../models/graph/rewrite/fold-batch-norm.ts";
import { batchNormalised } from "../../../models/layers/batch-norm.ts";
import { convolution } from "../../../models/layers/conv-block.ts";
import { fixedParameters, parametersOf } from "../../../models/layers/parameters.ts";
import { sgd } from "../../../models/optimisers/sgd.ts";
import { trainingStep } from "../../../models/training-step.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { openTrainingSession } from "../../../pipeline/runtime/training-session.ts";
import { initialCarried } from "../../../pipeline/train/initial-weights.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { checkGradients } from "../../support/gradient-check.ts";

const random = randomFrom("batch norm");
const draw = (length: number) => Float32Array.from({ length }, random.normal);
const shape = [2, 3, 4, 5];

const network: Network = (image, parameters) => [
  parameters.within("norm", (norm) =>
    batchNormalised(
      parameters.within("conv", (conv) => convolution(image, conv, { features: 3, kernel: [3, 3] })),
      norm,
    ),
  ),
];

describe("batchNormalised", () => {
  it("has the gradient that central differences show, through the batch's own statistics", () =>
    checkGradients({
      inputs: [{ shape }, { shape: [3] }, { shape: [3] }],
      build: (value, weight, bias) =>
        batchNormalised(
          value,
          parametersOf(value.graph, {
            isTraining: true,
            weight: ({ name }) => (name === "weight" ? weight : bias),
            buffer: ({ shape: sides }) => ({ value: value.graph.floats([0, 0, 0], sides), update: () => undefined }),
          }),
        ),
    }));

  it("moves its running mean and unbiased variance a tenth of the way to the batch's", async () => {
    const step = trainingStep({
      network: (image, parameters) => [batchNormalised(image, parameters)],
      imageShape: shape,
      objective: ([value]) => ({ loss: sumOfAll(mul(value, value)) }),
      optimiser: sgd(),
    });
    const told = { where: "test", image: shape, labels: [2, 1, 4, 5], ...step };
    const session = await openTrainingSession({
      model: encodeModel(step.graph),
      shape: told,
      device: "cpu",
      threads: 1,
    });
    await session.write(initialCarried(step.carried, 1));
    const image = draw(120);
    await session.step({ image, labels: new Float32Array(40), learningRate: 0.1, step: 1 });
    const carried = await session.read();
    await session.close();
    for (let c = 0; c < 3; c++) {
      const own = [...image].filter((_, i) => Math.floor(i / 20) % 3 === c);
      const mean = own.reduce((sum, each) => sum + each, 0) / 40;
      const variance = own.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 39;
      assert.ok(Math.abs((carried.get("running_mean")?.[c] ?? 9) - 0.1 * mean) < 1e-6);
      assert.ok(Math.abs((carried.get("running_var")?.[c] ?? 9) - (0.9 + 0.1 * variance)) < 1e-6);
    }
  });
});

describe("foldBatchNorm", () => {
  const weights = new Map([
    ["conv.weight", draw(81)],
    ["conv.bias", draw(3)],
    ["norm.weight", draw(3)],
    ["norm.bias", draw(3)],
    ["norm.running_mean", draw(3)],
    ["norm.running_var", draw(3).map((value) => value * value + 0.1)],
  ]);
  const graphOf = (build: Network): Graph => {
    const graph = graphBuilder("network");
    const [logits] = build(graph.input("image", shape), fixedParameters(graph, weights));
    return graph.build({ logits });
  };
  const run = async (graph: Graph) => {
    const session = await openSession(encodeModel(graph), { provider: "cpu", threads: 1 });
    const found = await session.runAll(new Map([["image", { data: image, shape }]]));
    return found.get("logits")?.data ?? assert.fail();
  };
  const image = draw(120);

  it("leaves the logits as they are and the normalisation out", async () => {
    const graph = graphOf(network);
    const folded = foldBatchNorm(graph);
    assert.deepEqual(
      folded.nodes.map(({ op }) => op),
      ["Conv"],
    );
    assert.equal(folded.initializers.length, 2);
    const expected = await run(graph);
    for (const [i, value] of (await run(folded)).entries()) assert.ok(Math.abs(value - expected[i]) < 1e-4);
  });

  it("leaves a normalisation whose convolution is looked at elsewhere", () => {
    const graph = graphOf((value, parameters) => {
      const made = parameters.within("conv", (conv) => convolution(value, conv, { features: 3, kernel: [3, 3] }));
      return [
        add(
          made,
          parameters.within("norm", (norm) => batchNormalised(made, norm)),
        ),
      ];
    });
    assert.equal(foldBatchNorm(graph), graph);
  });
});
