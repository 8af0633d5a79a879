import type { Value } from "../graph/builder.ts";
import { add, mul, reduceSum, relu, scale, sigmoid, sub } from "../graph/operators/index.ts";
import { convolution } from "./conv-block.ts";
import { normalised } from "./normalised.ts";
import { constantly, type Parameters } from "./parameters.ts";

/** Step of the delta rule, of 2 at most, before anything is learnt: near the identity. */
const FIRST_STEP = 0.1;

/**
 * A skip connection that forgets what its voxels say along a learnt direction k, puts a learnt value there, and lets
 * through what the decoder asks for: x' = x + beta k (v - k.x), |k| = 1, 0 < beta < 2; then x' times a gate.
 *
 * Shape:  skip [N, C, ...], decoder [N, K, ...] of the same sides -> [N, C, ...]
 * Source: arXiv:2604.18745 names the two paths and gives no equations; the delta rule is that of Deep Delta Learning,
 *         arXiv:2601.00417, per voxel, with a direction, a value and a step from 1 x 1 convolutions; the gate is that of Attention
 *         U-Net, arXiv:1804.03999
 */
export function deepDeltaAttention(skip: Value, decoder: Value, parameters: Parameters): Value {
  const kernel = skip.shape.slice(2).map(() => 1);
  const channels = Number(skip.shape[1]);
  const pointwise = (image: Value, name: string, features: number) =>
    parameters.within(name, (inner) => convolution(image, inner, { features, kernel }));
  const key = normalised(pointwise(skip, "key", channels));
  const value = pointwise(skip, "value", 1);
  const step = scale(sigmoid(stepOf({ skip, decoder }, parameters)), 2);
  const known = reduceSum(mul(key, skip), { axes: [1] });
  const corrected = add(skip, mul(key, mul(step, sub(value, known))));
  const features = Math.max(1, Math.floor(channels / 2));
  const asked = relu(add(pointwise(corrected, "gate.skip", features), pointwise(decoder, "gate.decoder", features)));
  return mul(corrected, sigmoid(pointwise(asked, "gate.psi", 1)));
}

/** Before the sigmoid: a 1 x 1 convolution over skip and decoder, as the sum of one over each. */
function stepOf({ skip, decoder }: { readonly skip: Value; readonly decoder: Value }, parameters: Parameters): Value {
  const options = { features: 1, kernel: skip.shape.slice(2).map(() => 1), bias: false };
  const both = [skip, decoder].map((image, n) =>
    parameters.within(`step.${n}`, (inner) => convolution(image, inner, options)),
  );
  const start = constantly(Math.log(FIRST_STEP / 2 / (1 - FIRST_STEP / 2)));
  const bias = parameters.weight(
    "step.bias",
    skip.shape.map(() => 1),
    start,
  );
  return add(both.reduce(add), bias);
}
