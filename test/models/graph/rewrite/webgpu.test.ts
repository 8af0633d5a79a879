import { strict as assert } from "node:assert";
import fc from "fast-check";
import { decodeModel } from "../../../../models/graph/decode.ts";
import { encodeModel } from "../../../../models/graph/encode.ts";
import { rewriteForWebGpu } from "../../../../models/graph/rewrite/webgpu.ts";
import { openSession } from "../../../../pipeline/runtime/onnx-runtime.ts";
import { assertAllClose } from "../../../support/numbers.ts";
import { noise } from "../../../support/tiny-networks.ts";
import { type TinyNode, type TinyWeight, tinyModel } from "../../../support/tiny-onnx.ts";

/** Sums of at most 4 × 125 products of numbers below 1, in another order of float32 additions. */
const SUM_TOLERANCE = { abs: 5e-5 };

interface Convolution {
  readonly op: "Conv" | "ConvTranspose";
  readonly groups: number;
  /** Per group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly extra: readonly number[];
  readonly bias: boolean;
}

function modelOf(convolution: Convolution, attributes: TinyNode["attributes"] = {}): Uint8Array {
  const { op, groups, inputs, outputs, kernel, strides, dilations, pads, extra, bias } = convolution;
  const channels = op === "Conv" ? [groups * outputs, inputs] : [groups * inputs, outputs];
  const shape = [...channels, ...kernel];
  const count = shape.reduce((product, side) => product * side, 1);
  const weights: TinyWeight[] = [{ name: "w", shape, data: noise(count, 1) }];
  if (bias) weights.push({ name: "b", shape: [groups * outputs], data: noise(groups * outputs, 2) });
  const usual = { group: groups, kernel_shape: kernel, strides, dilations };
  const padding = "auto_pad" in attributes ? {} : { pads };
  const transposed = op === "Conv" ? {} : { output_padding: extra };
  return tinyModel({
    inputs: [{ name: "x", shape: ["N", groups * inputs, "D", "H", "W"] }],
    outputs: [{ name: "y", shape: ["N", groups * outputs, "A", "B", "C"] }],
    nodes: [
      {
        op,
        inputs: ["x", ...weights.map(({ name }) => name)],
        outputs: ["y"],
        attributes: { ...usual, ...padding, ...transposed, ...attributes },
      },
    ],
    weights,
  });
}

async function run(model: Uint8Array, shape: readonly number[]) {
  const session = await openSession(model, { provider: "cpu", threads: 1 });
  const length = shape.reduce((product, side) => product * side, 1);
  return session.run({ data: noise(length, 3), shape }, { output: "y" });
}

/** Asserts that the rewritten model has none of the operators that WebGPU lacks, and computes the same. */
async function assertSame(model: Uint8Array, shape: readonly number[]): Promise<void> {
  const rewritten = rewriteForWebGpu(model);
  for (const { op, attributes } of decodeModel(rewritten).nodes) {
    assert.notEqual(op, "ConvTranspose");
    assert.ok(!attributes.has("group") || op !== "Conv" || attributes.get("group")?.value === 1, op);
  }
  const [before, after] = [await run(model, shape), await run(rewritten, shape)];
  assert.deepEqual(after.shape, before.shape);
  assertAllClose(after.data, before.data, SUM_TOLERANCE);
}

const triple = (largest: number, smallest = 1) =>
  fc.array(fc.integer({ min: smallest, max: largest }), { minLength: 3, maxLength: 3 });

const convolutions = fc
  .record({
    op: fc.constantFrom("Conv" as const, "ConvTranspose" as const),
    groups: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 2 }),
    kernel: triple(5),
    strides: triple(3),
    dilations: triple(2),
    starts: triple(2, 0),
    ends: triple(2, 0),
    extra: triple(2, 0),
    bias: fc.boolean(),
    sides: triple(6, 2),
    batch: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ starts, ends, extra, ...rest }) => ({
    ...rest,
    pads: [...starts, ...ends],
    // ONNX Runtime takes no more.
    extra: extra.map((each, axis) => Math.min(each, rest.strides[axis] - 1)),
  }))
  .filter(({ op, kernel, dilations, strides, pads, extra, sides }) =>
    sides.every((side, axis) => {
      const width = (kernel[axis] - 1) * dilations[axis] + 1;
      const padding = pads[axis] + pads[axis + 3];
      if (op === "Conv") return side + padding >= width;
      return (side - 1) * strides[axis] + width + extra[axis] - padding >= 1;
    }),
  );

describe("rewriteForWebGpu", function () {
  this.timeout(20_000);

  it("keeps what any 3-D convolution computes: groups, strides, dilations, pads, output padding, batches", () =>
    fc.assert(
      fc.asyncProperty(convolutions, async ({ sides, batch, ...convolution }) => {
        const { groups, inputs } = convolution;
        await assertSame(modelOf(convolution), [batch, groups * inputs, ...sides]);
      }),
      { numRuns: 300, seed: 7 },
    ));

  for (const op of ["Conv", "ConvTranspose"] as const)
    it(`keeps what a ${op} of 40 groups computes, without an operation that binds more than 7 arrays`, async () => {
      const many: Convolution = {
        op,
        groups: 40,
        inputs: 2,
        outputs: 1,
        kernel: [3, 1, 3],
        strides: [1, 1, 1],
        dilations: [1, 1, 1],
        pads: [1, 0, 1, 1, 0, 1],
        extra: [0, 0, 0],
        bias: true,
      };
      await assertSame(modelOf(many), [2, 80, 3, 4, 5]);
      for (const { inputs, outputs } of decodeModel(rewriteForWebGpu(modelOf(many))).nodes)
        assert.ok(inputs.length + outputs.length <= 7);
    });

  const doubling: Convolution = {
    op: "ConvTranspose",
    groups: 1,
    inputs: 3,
    outputs: 2,
    kernel: [2, 2, 2],
    strides: [2, 2, 2],
    dilations: [1, 1, 1],
    pads: [0, 0, 0, 0, 0, 0],
    extra: [0, 0, 0],
    bias: true,
  };

  it("makes a 1 × 1 × 1 convolution of one whose kernel is as wide as its stride, and crops nothing", async () => {
    await assertSame(modelOf(doubling), [1, 3, 3, 5, 7]);
    const { nodes, initializers } = decodeModel(rewriteForWebGpu(modelOf(doubling)));
    assert.ok(nodes.every(({ op }) => op !== "Slice"));
    const [weights] = initializers.filter(({ shape }) => shape.length === 5);
    assert.deepEqual(weights.shape, [8 * 2, 3, 1, 1, 1]);
  });

  for (const rule of ["SAME_UPPER", "SAME_LOWER", "VALID"])
    it(`keeps the padding that ${rule} stands for`, async () => {
      const odd = { ...doubling, kernel: [3, 4, 5], strides: [2, 3, 2] };
      await assertSame(modelOf(odd, { auto_pad: rule }), [1, 3, 3, 5, 4]);
    });

  it("reads weights that lie beside the graph", async () => {
    const model = modelOf(doubling);
    const graph = decodeModel(model);
    const [weight, ...rest] = graph.initializers;
    assert.ok(weight.data.kind === "bytes");
    const data = Buffer.concat([Buffer.alloc(12), weight.data.bytes]);
    const place = { kind: "external", location: "w.bin", offset: 12, length: weight.data.bytes.length } as const;
    const outside = encodeModel({ ...graph, initializers: [{ ...weight, data: place }, ...rest] });
    assert.deepEqual(rewriteForWebGpu(outside, [{ path: "w.bin", data }]), rewriteForWebGpu(model));
    assert.equal(rewriteForWebGpu(outside), outside, "without its weights a convolution stays");
    const short = data.subarray(0, -1);
    assert.equal(rewriteForWebGpu(outside, [{ path: "w.bin", data: short }]), outside, "as without some of them");
  });

  it("gives the very bytes of a network that needs nothing, a 2-D convolution with groups among them", () => {
    const model = tinyModel({
      inputs: [{ name: "x", shape: [1, 4, 5, 7] }],
      outputs: [{ name: "y", shape: [1, 2, 5, 7] }],
      nodes: [{ op: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { group: 2 } }],
      weights: [{ name: "w", shape: [2, 2, 1, 1], data: noise(4, 1) }],
    });
    assert.equal(rewriteForWebGpu(model), model);
  });

  for (const [what, fault] of [
    ["a stride whose kernel would fill memory", { strides: [500, 500, 500] }],
    ["a stride of 0, which ONNX Runtime refuses,", { strides: [0, 2, 2] }],
    ["a negative dilation", { dilations: [1, 1, -1] }],
    ["a negative pad", { pads: [0, 0, 0, 0, -1, 0] }],
  ] as const)
    it(`leaves ${what} as it is`, () => {
      const model = modelOf({ ...doubling, ...fault });
      assert.equal(rewriteForWebGpu(model), model);
    });

  for (const [transA, transB, left, right] of [
    [1, 0, [2, 5, 3], [2, 5, 4]],
    [0, 1, [2, 3, 5], [2, 4, 5]],
    [1, 1, [2, 5, 3], [2, 4, 5]],
  ] as const)
    it(`keeps a fused product of matrices turned ${transA} and ${transB}`, async () => {
      const graph = decodeModel(
        tinyModel({
          inputs: [{ name: "x", shape: left }],
          outputs: [{ name: "y", shape: [2, 3, 4] }],
          nodes: [
            {
              op: "FusedMatMul",
              inputs: ["x", "w"],
              outputs: ["y"],
              attributes: { transA, transB, alpha: { float: 0.5 } },
            },
          ],
          weights: [{ name: "w", shape: right, data: noise(40, 1) }],
        }),
      );
      const nodes = graph.nodes.map((node) => ({ ...node, domain: "com.microsoft" }));
      const opsets = new Map([...graph.opsets, ["com.microsoft", 1]]);
      const model = encodeModel({ ...graph, opsets, nodes });
      assert.notEqual(rewriteForWebGpu(model), model);
      await assertSame(model, left);
    });
});
