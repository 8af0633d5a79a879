import { strict as assert } from "node:assert";
import { graphBuilder } from "../../../models/graph/builder.ts";
import { reshape, swapLast } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { type ParameterSpec, parametersOf } from "../../../models/layers/parameters.ts";
import { type TwoWayOptions, twoWayTransformer } from "../../../models/layers/two-way-transformer.ts";
import { formulaImage, formulaWeights } from "../../support/formula-weights.ts";
import { runGraph } from "../../support/run-graph.ts";

function assertNear(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (const [n, value] of found.entries()) assert.ok(Math.abs(value - expected[n]) < 1e-5, `[${found}]`);
}

describe("twoWayTransformer", () => {
  // segment_anything 1.0: m = formula_weights(TwoWayTransformer(depth=2, embedding_dim=16, num_heads=2, mlp_dim=12));
  // q, k = m(formula_image(1, 16, 3, 5), formula_image(240).flip(0).reshape(1, 16, 3, 5),
  // 0.5 * formula_image(64).flip(0).reshape(1, 4, 16)); q.flatten()[::7], k.flatten()[::23]
  it("gives what Segment Anything's gives with the same weights", async () => {
    const options: TwoWayOptions = { depth: 2, heads: 2, hidden: 12, downsample: 2 };
    const found = await runGraph((graph) => {
      const constant = (name: string, shape: readonly number[], values: Float32Array) =>
        graph.constant(floatTensor(name, shape, values));
      const planes = (name: string, values: Float32Array) =>
        swapLast(reshape(constant(name, [1, 16, 3, 5], values), [1, 16, 15]));
      const input = {
        tokens: constant(
          "tokens",
          [1, 4, 16],
          formulaImage(64)
            .reverse()
            .map((value) => 0.5 * value),
        ),
        image: planes("image", formulaImage(240)),
        places: planes("places", formulaImage(240).reverse()),
      };
      const parameters = parametersOf(graph, {
        isTraining: false,
        weight: (spec) => constant(spec.name, spec.shape, formulaWeights(spec)),
        buffer: () => assert.fail("no buffer"),
      });
      const { tokens, image } = twoWayTransformer(input, parameters, options);
      return { classes: tokens, positions: image };
    });
    const every = (name: string, step: number) => [...(found.get(name) ?? [])].filter((_, i) => i % step === 0);
    assertNear(
      every("classes", 7),
      [0.730322, -0.495527, 1.479814, -1.241212, 0.397388, 0.796647, 1.426308, 0.295897, 0.320513, -1.272498],
    );
    assertNear(
      every("positions", 23),
      [
        0.668024, 0.870842, -1.42015, 0.619886, -1.512645, 0.218053, -1.408005, -0.339724, -1.171446, 1.034388,
        -0.827997,
      ],
    );
  });

  it("has Segment Anything's 3,291,264 parameters at its size", () => {
    const graph = graphBuilder("count");
    let count = 0;
    const weight = ({ name, shape }: ParameterSpec) => {
      count += shape.reduce((product, side) => product * side, 1);
      return graph.input(name, shape);
    };
    const parameters = parametersOf(graph, { isTraining: true, weight, buffer: () => assert.fail("no buffer") });
    const [tokens, image, places] = ["tokens", "image", "places"].map((name) => graph.input(name, [1, 6, 256]));
    twoWayTransformer({ tokens, image, places }, parameters, { depth: 2, heads: 8, hidden: 2048, downsample: 2 });
    assert.equal(count, 3_291_264);
  });
});
