import { strict as assert } from "node:assert";
import { unet } from "../../../models/architectures/unet.ts";
import { text } from "../../../models/graph/attributes.ts";
import { type GraphBuilder, graphBuilder, type Value } from "../../../models/graph/builder.ts";
import { countFlops } from "../../../models/graph/count-flops.ts";
import { add, conv, convTranspose, matmul, relu } from "../../../models/graph/operators/index.ts";
import { networkCost } from "../../../models/network-cost.ts";

const flopsOf = (make: (graph: GraphBuilder, input: (...shape: number[]) => Value) => void) => {
  const graph = graphBuilder("counted");
  let inputs = 0;
  make(graph, (...shape) => graph.input(`input ${++inputs}`, shape));
  return countFlops(graph.operations);
};

describe("countFlops", () => {
  it("counts 2 x outputs x channels x kernel for a convolution: [1,3,5,7] by 4 kernels of 3 x 3 with stride 2", () => {
    const flops = flopsOf((_, input) =>
      conv(input(1, 3, 5, 7), { weight: input(4, 3, 3, 3), bias: input(4), strides: [2, 2], pads: [1, 1, 1, 1] }),
    );
    assert.equal(flops, 2 * (4 * 3 * 4) * 3 * 9);
  });

  it("counts only a group's channels in a grouped convolution", () => {
    const flops = flopsOf((_, input) =>
      conv(input(2, 6, 5, 5), { weight: input(6, 1, 3, 3), groups: 6, pads: [1, 1, 1, 1] }),
    );
    assert.equal(flops, 2 * (2 * 6 * 5 * 5) * 9);
  });

  it("counts 2 x inputs x channels x kernel for a transposed convolution", () => {
    const flops = flopsOf((_, input) =>
      convTranspose(input(1, 8, 3, 5), { weight: input(8, 4, 2, 2), strides: [2, 2] }),
    );
    assert.equal(flops, 2 * (8 * 3 * 5) * 4 * 4);
  });

  it("counts 2 x M x K x N for each product of a stack of matrices, however they are turned", () => {
    assert.equal(
      flopsOf((_, input) => matmul(input(2, 1, 3, 5), input(7, 5, 11))),
      2 * (2 * 7) * 3 * 5 * 11,
    );
    assert.equal(
      flopsOf((_, input) => matmul(input(5, 3), input(11, 5), { transposeFirst: true, transposeSecond: true })),
      2 * 3 * 5 * 11,
    );
    assert.equal(
      flopsOf((graph, input) => graph.node("Gemm", [input(3, 5), input(5, 11)], { type: "float32", shape: [3, 11] })),
      2 * 3 * 5 * 11,
    );
  });

  it("counts every round of an Einstein sum", () => {
    const flops = flopsOf((graph, input) =>
      graph.node("Einsum", [input(2, 3, 5), input(2, 5, 7)], {
        type: "float32",
        shape: [2, 3, 7],
        attributes: { equation: text("bij, bjk -> bik") },
      }),
    );
    assert.equal(flops, 2 * 2 * 3 * 5 * 7);
  });

  it("counts nothing for sums and activations, and refuses a side that is open", () => {
    assert.equal(
      flopsOf((_, input) => relu(add(input(3, 4), input(3, 4)))),
      0,
    );
    const open = (graph: GraphBuilder) => graph.input("image", ["N", 3, 4, 4]);
    assert.throws(() => flopsOf((graph, input) => conv(open(graph), { weight: input(1, 3, 1, 1) })), /got N/);
  });
});

describe("networkCost", () => {
  it("adds up a U-Net of two stages: its weights, and the products of its convolutions", () => {
    const stage = { kernel: [3, 3], blocks: 1, decoderBlocks: 1 };
    const stages = [
      { ...stage, features: 4, stride: [1, 1] },
      { ...stage, features: 8, stride: [2, 2] },
    ];
    const { parameters, flops } = networkCost(unet({ stages, outputs: 3 }), [1, 1, 8, 6]);
    // Each block is a convolution with bias and a normalisation with scale and shift: 3 vectors beside the kernels.
    const encoder = 4 * 1 * 9 + 3 * 4 + (8 * 4 * 9 + 3 * 8);
    const decoder = 8 * 4 * 4 + 4 + (4 * 8 * 9 + 3 * 4) + (3 * 4 + 3);
    assert.equal(parameters, encoder + decoder);
    const [fine, coarse] = [8 * 6, 4 * 3];
    const products = fine * 4 * 9 + coarse * 8 * 4 * 9 + coarse * 8 * 4 * 4 + fine * 4 * 8 * 9 + fine * 3 * 4;
    assert.equal(flops, 2 * products);
  });
});
