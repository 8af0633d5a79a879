import type { Value } from "../graph/builder.ts";
import { elementCountOf } from "../graph/graph.ts";
import { concat, conv, mul } from "../graph/operators/index.ts";
import { constantly, type Parameters } from "./parameters.ts";

/** What makes one operational convolution differ from another. */
export interface OperationalOptions {
  readonly features: number;
  /** Odd sides. */
  readonly kernel: readonly number[];
  /** Greatest power, Q; 1 is a plain convolution. */
  readonly order: number;
}

/** What Xavier's initial weights are multiplied by before a tanh. */
const TANH_GAIN = 5 / 3;

/**
 * Self-organised operational convolution: bias + sum over q = 1..Q of W_q * x^q, as one convolution over the powers laid one
 * behind the other.
 *
 * Powers need values of at most 1, as tanh makes them; features of an encoder that go in first are not bounded so.
 *
 * Shape:  [N, C, ...] -> [N, features, ...]; the weight is [features, Q * C, ...kernel]
 * Source: Kiranyaz 2021, arXiv:2004.11778; the form of one convolution: Malik 2021, arXiv:2005.09426. Weights start with
 *         Xavier's deviation for a tanh, normally distributed where the authors' code draws uniformly
 */
export function operationalConvolution(
  image: Value,
  parameters: Parameters,
  { features, kernel, order }: OperationalOptions,
): Value {
  const powers = [image];
  while (powers.length < order) powers.push(mul(powers[powers.length - 1], image));
  const channels = order * Number(image.shape[1]);
  const taps = elementCountOf(kernel);
  const deviation = TANH_GAIN * Math.sqrt(2 / (taps * (channels + features)));
  const half = kernel.map((side) => (side - 1) / 2);
  return conv(concat(powers, { axis: 1 }), {
    weight: parameters.weight("weight", [features, channels, ...kernel], { kind: "normal", deviation }),
    bias: parameters.weight("bias", [features], constantly(0)),
    pads: [...half, ...half],
  });
}
