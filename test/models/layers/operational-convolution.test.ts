import { strict as assert } from "node:assert";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { operationalConvolution } from "../../../models/layers/operational-convolution.ts";
import { fixedParameters, parametersOf } from "../../../models/layers/parameters.ts";
import { checkGradients } from "../../support/gradient-check.ts";
import { runGraph } from "../../support/run-graph.ts";

describe("operationalConvolution", () => {
  it("gives 10 + 2x + 3x^2 - x^3 where those are its weights: 14, 10 and 10 + 1 + 0.75 - 0.125 for 1, 0 and 0.5", async () => {
    const weights = new Map([
      ["weight", Float32Array.of(2, 3, -1)],
      ["bias", Float32Array.of(10)],
    ]);
    const { y } = Object.fromEntries(
      await runGraph((graph) => {
        const x = graph.constant(floatTensor("x", [1, 1, 1, 3], [1, 0, 0.5]));
        const options = { features: 1, kernel: [1, 1], order: 3 };
        return { y: operationalConvolution(x, fixedParameters(graph, weights), options) };
      }),
    );
    assert.deepEqual([...y], [14, 10, 11.625]);
  });

  it("puts all channels of a power before those of the next", async () => {
    // Two channels, order 2: weights of x1, x2, x1^2, x2^2.
    const weights = new Map([
      ["weight", Float32Array.of(1, 10, 100, 1000)],
      ["bias", Float32Array.of(0)],
    ]);
    const { y } = Object.fromEntries(
      await runGraph((graph) => {
        const x = graph.constant(floatTensor("x", [1, 2, 1, 1], [2, 3]));
        const options = { features: 1, kernel: [1, 1], order: 2 };
        return { y: operationalConvolution(x, fixedParameters(graph, weights), options) };
      }),
    );
    assert.deepEqual([...y], [2 + 30 + 400 + 9000]);
  });

  it("has the gradient that central differences show", () =>
    checkGradients({
      inputs: [{ shape: [2, 2, 3, 5] }, { shape: [3, 6, 3, 3] }, { shape: [3] }],
      build: (image, weight, bias) =>
        operationalConvolution(
          image,
          parametersOf(image.graph, {
            isTraining: true,
            weight: ({ name }) => (name === "weight" ? weight : bias),
            buffer: () => assert.fail("no buffer is asked for"),
          }),
          { features: 3, kernel: [3, 3], order: 3 },
        ),
    }));
});
