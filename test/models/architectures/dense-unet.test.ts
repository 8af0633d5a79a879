import { strict as assert } from "node:assert";
import { denseUnet } from "../../../models/architectures/dense-unet.ts";
import { networkFrom } from "../../../models/architectures/index.ts";
import { encodeModel } from "../../../models/graph/encode.ts";
import { GraphError } from "../../../models/graph/graph-error.ts";
import { inferenceGraph } from "../../../models/inference-graph.ts";
import { listParameters } from "../../../models/training-step.ts";
import { openSession } from "../../../pipeline/runtime/onnx-runtime.ts";
import { formulaImage, formulaWeights } from "../../support/formula-weights.ts";

const countOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

const densenet121 = { blocks: [6, 12, 24, 16], growth: 32, initial: 64 };
const usual = { encoder: densenet121, decoder: [256, 128, 64, 32, 16], outputs: 11 };

function parametersIn(options: Parameters<typeof denseUnet>[0]): number {
  const { weights } = listParameters(denseUnet(options), [1, 1, 64, 96]);
  return weights.reduce((sum, { shape }) => sum + countOf(shape), 0);
}

/** Every 311th logit of an image of waves, with weights of waves. */
async function sampledLogits(form: "plain" | "nested"): Promise<readonly number[]> {
  const network = denseUnet({ ...usual, form, outputs: 3 });
  const { weights, buffers } = listParameters(network, [1, 2, 32, 64]);
  const values = new Map([...weights, ...buffers].map((each) => [each.name, formulaWeights(each)]));
  const graph = inferenceGraph({ name: "dense", network, weights: values, channels: 2, sides: [32, 64] });
  const session = await openSession(encodeModel(graph), { provider: "cpu", threads: 1 });
  const image = { data: formulaImage(2 * 32 * 64), shape: [1, 2, 32, 64] };
  const { data } = await session.run(image, { output: "logits" });
  await session.close();
  return Array.from({ length: 20 }, (_, n) => data[311 * n]);
}

describe("denseUnet", () => {
  // segmentation_models_pytorch 0.3.2: sum(p.numel() for p in UnetPlusPlus("densenet121", encoder_weights=None,
  // in_channels=1, classes=11).parameters()), and so on
  for (const [name, blocks, nested, plain] of [
    ["DenseNet-121", [6, 12, 24, 16], 30_067_451, 13_602_811],
    ["DenseNet-169", [6, 12, 32, 32], 38_842_107, 21_197_819],
    ["DenseNet-201", [6, 12, 48, 32], 48_579_323, 28_575_739],
  ] as const)
    it(`has segmentation_models.pytorch's parameters over ${name}`, () => {
      const encoder = { ...densenet121, blocks };
      assert.equal(parametersIn({ ...usual, encoder, form: "nested" }), nested);
      assert.equal(parametersIn({ ...usual, encoder, form: "plain" }), plain);
    });

  it("has order times the weights of a plain decoder's convolutions, and a bias for each of their outputs", () => {
    const inputs = [1024 + 1024, 256 + 512, 128 + 256, 64 + 64, 32];
    const widths = [256, 128, 64, 32, 16];
    const convolutions = widths.reduce((sum, width, n) => sum + 9 * width * (inputs[n] + width), 0);
    const biases = 2 * widths.reduce((sum, width) => sum + width, 0);
    assert.equal(
      parametersIn({ ...usual, form: "plain", order: 3 }),
      parametersIn({ ...usual, form: "plain" }) + 2 * convolutions + biases,
    );
  });

  // test/support/formula_weights.py: formula_weights(UnetPlusPlus("densenet121", encoder_weights=None, in_channels=2,
  // classes=3))(formula_image(1, 2, 32, 64)).flatten()[::311], and the same of Unet; PyTorch 1.13.1
  const expected = {
    nested: [
      0.000644, -0.017537, -0.01773, 0.011881, 0.010487, -0.024778, 0.048954, 0.095889, 0.063539, 0.093677, 0.094029,
      0.032017, 0.09205, 0.058553, 0.092336, 0.049663, 0.083529, 0.049794, 0.061572, 0.085926,
    ],
    plain: [
      0.052258, -0.000606, 0.116997, -0.044912, 0.025557, 0.148411, -0.015839, 0.03982, 0.110519, 0.038247, 0.073009,
      0.071068, 0.130832, 0.082112, 0.10401, 0.153724, 0.077746, 0.09328, 0.115795, 0.038479,
    ],
  };
  for (const form of ["nested", "plain"] as const)
    it(`gives the logits of segmentation_models.pytorch with the same weights (${form})`, async () => {
      for (const [n, found] of (await sampledLogits(form)).entries())
        assert.ok(Math.abs(found - expected[form][n]) < 5e-6, `logit ${311 * n}: ${found}, not ${expected[form][n]}`);
    });

  it("refuses a decoder of another depth than the encoder's", () => {
    const settings = { kind: "unet-plus-plus", encoder: { blocks: [2, 2] }, decoder: [8, 8, 8, 8] } as const;
    assert.throws(() => networkFrom(settings, { stages: [], outputs: 2, heads: 1 }), GraphError);
  });
});
