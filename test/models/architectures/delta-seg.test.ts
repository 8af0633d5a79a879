import { strict as assert } from "node:assert";
import { networkFrom } from "../../../models/architectures/index.ts";
import { graphBuilder } from "../../../models/graph/builder.ts";
import { parametersOf } from "../../../models/layers/parameters.ts";
import { listParameters } from "../../../models/training-step.ts";

describe("deltaSeg", () => {
  const context = { stages: [], outputs: 8, heads: 3 };
  const network = networkFrom({ kind: "delta-seg" }, context);

  it("has about the published 7.14 M parameters in 2-D, for S2DS's seven classes and background", () => {
    const { weights } = listParameters(network, [1, 3, 128, 128]);
    const count = weights.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
    assert.ok(Math.abs(count / 7.14e6 - 1) < 0.005, `${count}`);
  });

  it("gives logits at the image's sides and at two coarser resolutions, the deepest stage keeping that above it", () => {
    const graph = graphBuilder("test");
    const heads = network(
      graph.input("image", [1, 3, 48, 80]),
      parametersOf(graph, {
        isTraining: false,
        weight: ({ name, shape }) => graph.input(name, shape),
        buffer: ({ name, shape }) => ({ value: graph.input(name, shape), update: () => undefined }),
      }),
    );
    assert.deepEqual(
      heads.map(({ shape }) => shape),
      [
        [1, 8, 48, 80],
        [1, 8, 24, 40],
        [1, 8, 12, 20],
      ],
    );
  });
});
