import { strict as assert } from "node:assert";
import { dynUnetNames, nnunetNames } from "../../../models/architectures/unet-names.ts";

describe("nnunetNames", () => {
  const { namesOf } = nnunetNames({ stages: 3 });

  // From PlainConvUNet(...).state_dict() and ResidualEncoderUNet(...).state_dict(), dynamic_network_architectures 0.4.4
  const expected: readonly (readonly [own: string, theirs: readonly string[]])[] = [
    [
      "encoder.stages.1.0.conv.weight",
      [
        "encoder.stages.1.0.convs.0.conv.weight",
        "encoder.stages.1.0.convs.0.all_modules.0.weight",
        "decoder.encoder.stages.1.0.convs.0.conv.weight",
        "decoder.encoder.stages.1.0.convs.0.all_modules.0.weight",
      ],
    ],
    ["decoder.stages.0.up.bias", ["decoder.transpconvs.1.bias"]],
    [
      "decoder.stages.1.0.norm.bias",
      ["decoder.stages.0.convs.0.norm.bias", "decoder.stages.0.convs.0.all_modules.1.bias"],
    ],
    ["decoder.logits.0.weight", ["decoder.seg_layers.1.weight"]],
  ];
  for (const [own, theirs] of expected) it(`knows ${own}`, () => assert.deepEqual(namesOf(own), theirs));

  const first: readonly (readonly [own: string, theirs: string])[] = [
    ["encoder.stem.norm.weight", "encoder.stem.convs.0.norm.weight"],
    ["encoder.stages.2.1.conv1.conv.bias", "encoder.stages.2.blocks.1.conv1.conv.bias"],
    ["encoder.stages.2.1.conv2.weight", "encoder.stages.2.blocks.1.conv2.conv.weight"],
    ["encoder.stages.2.1.norm2.bias", "encoder.stages.2.blocks.1.conv2.norm.bias"],
    ["encoder.stages.1.0.skip.conv.weight", "encoder.stages.1.blocks.0.skip.1.conv.weight"],
  ];
  for (const [own, theirs] of first)
    it(`knows ${own} of a residual encoder`, () => assert.equal(namesOf(own)[0], theirs));
});

describe("dynUnetNames", () => {
  const { namesOf, isOptional } = dynUnetNames({ stages: 4 });

  // From DynUNet(3, 1, 3, [3] * 4, [1, 2, 2, 2], [2, 2, 2], deep_supervision=True, deep_supr_num=2).state_dict(), MONAI 1.3.2
  const expected: readonly (readonly [own: string, theirs: string])[] = [
    ["encoder.stages.0.1.conv.weight", "input_block.conv2.conv.weight"],
    ["encoder.stages.2.0.norm.bias", "downsamples.1.norm1.bias"],
    ["encoder.stages.3.0.conv.weight", "bottleneck.conv1.conv.weight"],
    ["decoder.stages.2.up.weight", "upsamples.0.transp_conv.conv.weight"],
    ["decoder.stages.0.1.conv.weight", "upsamples.2.conv_block.conv2.conv.weight"],
    ["decoder.stages.0.1.norm.weight", "upsamples.2.conv_block.norm2.weight"],
    ["decoder.logits.0.bias", "output_block.conv.conv.bias"],
    ["decoder.logits.2.weight", "deep_supervision_heads.1.conv.conv.weight"],
  ];
  for (const [own, theirs] of expected) it(`knows ${own}`, () => assert.deepEqual(namesOf(own), [theirs]));

  it("does without the offsets of convolutions, which a norm takes away, and of nothing else", () => {
    assert.ok(isOptional("encoder.stages.0.1.conv.bias") && isOptional("decoder.stages.2.up.bias"));
    for (const name of ["encoder.stages.0.1.norm.bias", "encoder.stages.0.1.conv.weight", "decoder.logits.0.bias"])
      assert.ok(!isOptional(name), name);
  });
});
