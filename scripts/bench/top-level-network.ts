import type { NetworkSpec } from "../../pipeline/runtime/network.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { noise } from "../../test/support/tiny-networks.ts";
import { type TinyWeight, tinyModel } from "../../test/support/tiny-onnx.ts";

/** The top level of a 3-D U-Net, which takes most of its memory: 32 channels, a skip connection, 1 x 1 x 1 convolutions. */
export function topLevelNetwork({ patch, classes }: { readonly patch: Triple; readonly classes: number }): NetworkSpec {
  const conv = (input: string, weight: string, output: string) => ({
    op: "Conv",
    inputs: [input, weight],
    outputs: [output],
  });
  const relu = (input: string, output: string) => ({ op: "LeakyRelu", inputs: [input], outputs: [output] });
  const weight = (name: string, output: number, input: number): TinyWeight => ({
    name,
    shape: [output, input, 1, 1, 1],
    data: noise(output * input, output + input),
  });
  const model = tinyModel({
    inputs: [{ name: "image", shape: ["N", 1, ...patch] }],
    outputs: [{ name: "logits", shape: ["N", classes, ...patch] }],
    nodes: [
      conv("image", "w1", "a"),
      relu("a", "b"),
      conv("b", "w2", "c"),
      relu("c", "d"),
      { op: "Concat", inputs: ["b", "d"], outputs: ["e"], attributes: { axis: 1 } },
      conv("e", "w3", "f"),
      relu("f", "g"),
      conv("g", "w4", "logits"),
    ],
    weights: [weight("w1", 32, 1), weight("w2", 32, 32), weight("w3", 32, 64), weight("w4", classes, 32)],
  });
  const output = { kind: "logits", classIds: Array.from({ length: classes }, (_, id) => id) } as const;
  return { where: "top-level.onnx", model, inputChannels: 1, patch: { kind: "fixed", size: patch }, output };
}
