import { graphBuilder, type Value } from "../../models/graph/builder.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { concat, conv, relu } from "../../models/graph/operators/index.ts";
import { floatTensor } from "../../models/graph/tensor.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { randomFrom } from "../../pipeline/volume/random.ts";

/** The top level of a 3-D U-Net, which takes most of its memory: 32 channels, a skip connection, 1 x 1 x 1 convolutions. */
export function topLevelNetwork({ patch, classes }: { readonly patch: Triple; readonly classes: number }): Uint8Array {
  const graph = graphBuilder("top level");
  const random = randomFrom("top level");
  const mixed = (value: Value, { name, outputs }: { readonly name: string; readonly outputs: number }) => {
    const inputs = Number(value.shape[1]);
    const weights = Float32Array.from({ length: outputs * inputs }, () => random.normal() / Math.sqrt(inputs));
    return conv(value, { weight: graph.constant(floatTensor(name, [outputs, inputs, 1, 1, 1], weights)) });
  };
  const encoded = relu(mixed(graph.input("image", ["N", 1, ...patch]), { name: "encoder", outputs: 32 }));
  const below = relu(mixed(encoded, { name: "below", outputs: 32 }));
  const decoded = relu(mixed(concat([encoded, below], { axis: 1 }), { name: "decoder", outputs: 32 }));
  return encodeModel(graph.build({ logits: mixed(decoded, { name: "head", outputs: classes }) }));
}
