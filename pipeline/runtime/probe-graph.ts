import { float, ints, nodeOf } from "../../models/graph/attributes.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { floatTensor } from "../../models/graph/tensor.ts";
import { randomFrom } from "../volume/random.ts";
import type { FloatTensor } from "./onnx-runtime.ts";

const FEATURES = 8;

/** Two 3 x 3 x 3 convolutions with instance normalisation and a leaky ReLU between them, as networks are made of. */
export function probeGraph(): Uint8Array {
  const random = randomFrom(1);
  const weights = (shape: readonly number[]) =>
    Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => 0.2 * random.normal());
  const [first, second] = [
    [FEATURES, 1, 3, 3, 3],
    [FEATURES, FEATURES, 3, 3, 3],
  ];
  const same = { kernel_shape: ints([3, 3, 3]), pads: ints([1, 1, 1, 1, 1, 1]) };
  const shapeWith = (channels: number) => ["N", channels, "D", "H", "W"];
  return encodeModel({
    name: "probe",
    opsets: new Map([["", 17]]),
    irVersion: 8,
    metadata: new Map(),
    inputs: [{ name: "image", type: "float32", shape: shapeWith(1) }],
    outputs: [{ name: "features", type: "float32", shape: shapeWith(FEATURES) }],
    initializers: [
      floatTensor("first", first, weights(first)),
      floatTensor("scale", [FEATURES], new Float32Array(FEATURES).fill(1)),
      floatTensor("bias", [FEATURES], new Float32Array(FEATURES)),
      floatTensor("second", second, weights(second)),
    ],
    nodes: [
      nodeOf("Conv", ["image", "first"], ["raw"], same),
      nodeOf("InstanceNormalization", ["raw", "scale", "bias"], ["normalised"]),
      nodeOf("LeakyRelu", ["normalised"], ["active"], { alpha: float(0.01) }),
      nodeOf("Conv", ["active", "second"], ["features"], same),
    ],
  });
}

/** A cube of noise for the probe. */
export function probeInput(side: number): FloatTensor {
  const random = randomFrom(2);
  return { data: Float32Array.from({ length: side ** 3 }, () => random.normal()), shape: [1, 1, side, side, side] };
}
