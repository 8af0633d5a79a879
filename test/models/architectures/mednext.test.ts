import { strict as assert } from "node:assert";
import { networkFrom } from "../../../models/architectures/index.ts";
import { medNext, monaiNames } from "../../../models/architectures/mednext.ts";
import { listParameters } from "../../../models/training-step.ts";

describe("medNext", () => {
  it("gives logits at as many resolutions as asked for, the bottleneck's included", () => {
    const network = medNext({ outputs: 2, heads: 5, features: 2 });
    const { weights } = listParameters(network, [1, 1, 16, 32]);
    const heads = weights.filter(({ name }) => name.endsWith("conv_out.weight")).map(({ name }) => name);
    assert.deepEqual(
      heads.sort(),
      [0, 1, 2, 3, 4].map((level) => `out_${level}.conv_out.weight`),
    );
  });

  it("refuses an even number of blocks, and expansions for others", () => {
    const context = { stages: [], outputs: 2, heads: 1 };
    for (const given of [
      { blocks: [1, 1], expansion: [1, 1] },
      { blocks: [1, 1, 1], expansion: [1] },
    ])
      assert.throws(() => networkFrom({ kind: "mednext", ...given }, context), /mednext: expected as many expansions/);
  });
});

describe("monaiNames", () => {
  const { namesOf } = monaiNames({ halvings: 4 });

  // From MedNeXt(deep_supervision=True).state_dict(), MONAI 1.5.0
  const expected: readonly (readonly [own: string, theirs: string])[] = [
    ["stem.weight", "stem.weight"],
    ["enc_block_1.0.conv1.weight", "enc_stages.1.0.conv1.weight"],
    ["down_3.res_conv.bias", "down_blocks.3.res_conv.bias"],
    ["bottleneck.1.norm.weight", "bottleneck.1.norm.weight"],
    ["up_3.conv2.weight", "up_blocks.0.conv2.weight"],
    ["dec_block_0.1.conv3.bias", "dec_stages.3.1.conv3.bias"],
    ["out_0.conv_out.weight", "out_0.conv_out.weight"],
    ["out_4.conv_out.weight", "out_blocks.0.conv_out.weight"],
    ["out_1.conv_out.bias", "out_blocks.3.conv_out.bias"],
  ];
  for (const [own, theirs] of expected) it(`knows ${own}`, () => assert.deepEqual(namesOf(own), [theirs]));
});
