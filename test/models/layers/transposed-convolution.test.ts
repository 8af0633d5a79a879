import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { add, convTranspose, reshape } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { fixedParameters } from "../../../models/layers/parameters.ts";
import { transposedConvolution } from "../../../models/layers/transposed-convolution.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { runGraph } from "../../support/run-graph.ts";

const small = fc.integer({ min: 1, max: 3 });

describe("transposedConvolution", () => {
  it("gives what ONNX Runtime's ConvTranspose gives, in 2-D and 3-D, for any stride", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          axes: fc.array(fc.record({ side: small, stride: small }), { minLength: 2, maxLength: 3 }),
          batch: small,
          channels: small,
          features: small,
        }),
        async ({ axes, batch, channels, features }) => {
          const random = randomFrom("transposed convolution");
          const draw = (length: number) => Float32Array.from({ length }, random.normal);
          const stride = axes.map((axis) => axis.stride);
          const shape = [batch, channels, ...axes.map(({ side }) => side)];
          const countOf = (sides: readonly number[]) => sides.reduce((product, side) => product * side, 1);
          const kernel = [channels, features, ...stride];
          const [weight, bias] = [draw(countOf(kernel)), draw(features)];
          const found = await runGraph((graph) => {
            const image = graph.constant(floatTensor("image", shape, draw(countOf(shape))));
            const parameters = fixedParameters(
              graph,
              new Map([
                ["weight", weight],
                ["bias", bias],
              ]),
            );
            const wanted = convTranspose(image, {
              weight: graph.constant(floatTensor("kernel", kernel, weight)),
              strides: stride,
            });
            const offset = reshape(graph.floats([...bias], [features]), [1, features, ...stride.map(() => 1)]);
            return {
              found: transposedConvolution(image, parameters, { features, stride }),
              wanted: add(wanted, offset),
            };
          });
          const wanted = found.get("wanted") ?? assert.fail();
          for (const [i, value] of (found.get("found") ?? assert.fail()).entries())
            assert.ok(Math.abs(value - wanted[i]) < 1e-4, `${value}, expected ${wanted[i]}`);
        },
      ),
      { numRuns: 40 },
    ));
});
