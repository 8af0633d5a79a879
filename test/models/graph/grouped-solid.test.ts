import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { type Dialect, graphBuilder } from "../../../models/graph/builder.ts";
import { conv } from "../../../models/graph/operators/index.ts";
import { floatTensor } from "../../../models/graph/tensor.ts";
import { randomFrom } from "../../../pipeline/volume/random.ts";
import { runGraph } from "../../support/run-graph.ts";

const small = (max: number, min = 1) => fc.integer({ min, max });
const axis = fc.record({ side: small(6, 3), kernel: small(3), stride: small(2), dilation: small(2), pad: small(2, 0) });

describe("conv with groups in 3-D, as WebGPU has it", () => {
  it("gives what ONNX Runtime's own operator gives, depthwise or not", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          axes: fc.array(axis, { minLength: 3, maxLength: 3 }),
          batch: small(2),
          groups: small(4, 2),
          inputs: small(2),
          outputs: small(2),
        }),
        async ({ axes, batch, groups, inputs, outputs }) => {
          fc.pre(axes.every(({ side, kernel, dilation, pad }) => side + pad > (kernel - 1) * dilation));
          const random = randomFrom("grouped");
          const draw = (shape: readonly number[]) =>
            Float32Array.from({ length: shape.reduce((product, each) => product * each, 1) }, random.normal);
          const shapes = [
            [batch, inputs * groups, ...axes.map(({ side }) => side)],
            [outputs * groups, inputs, ...axes.map(({ kernel }) => kernel)],
            [outputs * groups],
          ];
          const tensors = shapes.map((shape, n) => floatTensor(`tensor ${n}`, shape, draw(shape)));
          const run = (dialect: Dialect) =>
            runGraph(
              (graph) => {
                const [image, weight, bias] = tensors.map((tensor) => graph.constant(tensor));
                const options = {
                  strides: axes.map(({ stride }) => stride),
                  dilations: axes.map(({ dilation }) => dilation),
                  pads: [...axes.map(({ pad }) => pad), ...axes.map(() => 0)],
                };
                return { made: conv(image, { weight, bias, groups, ...options }) };
              },
              new Map(),
              { dialect },
            );
          const [found, expected] = await Promise.all([run("standard"), run("cpu")]);
          const wanted = expected.get("made") ?? assert.fail();
          for (const [i, value] of (found.get("made") ?? assert.fail()).entries())
            assert.ok(Math.abs(value - wanted[i]) < 1e-4, `${value}, expected ${wanted[i]}`);
        },
      ),
      { numRuns: 40 },
    ));

  it("has no 3-D convolution with groups", () => {
    const graph = graphBuilder("grouped", { dialect: "standard" });
    const image = graph.input("image", ["N", 4, 5, 6, 7]);
    conv(image, { weight: graph.input("weight", [4, 1, 3, 3, 3]), groups: 4, pads: [1, 1, 1, 1, 1, 1] });
    const convolutions = graph.operations.filter(({ op }) => op === "Conv");
    assert.deepEqual(
      convolutions.map(({ inputs: [first] }) => first?.shape),
      [1, 2, 3].map(() => ["N", 20, 6, 7]),
    );
  });
});
