import { strict as assert } from "node:assert";
import { networkFrom } from "../../../models/architectures/index.ts";
import { networkCost } from "../../../models/network-cost.ts";

/** nnU-Net's stages in 3-D: twice the features each time, 320 at most. */
const stagesOf = (count: number) =>
  Array.from({ length: count }, (_, level) => ({
    features: Math.min(320, 32 * 2 ** level),
    kernel: [3, 3, 3],
    stride: [1, 1, 1].map(() => (level === 0 ? 1 : 2)),
    blocks: 2,
  }));

describe("unet with settings of nnU-Net's presets", () => {
  // dynamic_network_architectures 0.4.4, one channel, 14 classes, logits of every stage of the decoder:
  // PlainConvUNet with 2 convolutions a stage, ResidualEncoderUNet with (1, 3, 4, 6, 6, 6) blocks and 1 convolution up
  for (const [encoder, stages, parameters] of [
    ["plain", 5, 16_553_400],
    ["plain", 6, 31_205_254],
    ["resenc", 5, 62_815_736],
    ["resenc", 6, 102_359_430],
  ] as const)
    it(`has nnU-Net's parameters with ${encoder} in ${stages} stages`, () => {
      const context = { stages: stagesOf(stages), outputs: 14, heads: stages - 1 };
      const cost = networkCost(networkFrom({ kind: "unet", encoder }, context), [1, 1, 64, 64, 64]);
      assert.equal(cost.parameters, parameters);
    });
});
