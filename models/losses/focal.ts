import type { Value } from "../graph/builder.ts";
import {
  abs,
  add,
  clip,
  exp,
  log,
  logSoftmax,
  mul,
  neg,
  pow,
  reduceSum,
  scale,
  shift,
  sigmoid,
} from "../graph/operators/index.ts";
import { perChannel } from "./class-weights.ts";
import type { Loss, LossInput } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";
import { complement } from "./shares.ts";

/** How far easy voxels are turned down. */
export interface FocalOptions {
  readonly gamma?: number;
  /** Weight of what is foreground, or in a region; what is not has one less it. Both weigh 1 when left out. */
  readonly alpha?: number;
  /** Per channel. */
  readonly weights?: readonly number[] | undefined;
}

/** Keeps the slope of a power below 1 finite where a voxel is certain. */
const CERTAIN = 1e-6;

/**
 * Focal loss: cross entropy of each voxel times (1 - p)^gamma of what it should be; the mean over voxels.
 *
 * Source: Lin 2017, doi:10.1109/ICCV.2017.324, equation 5
 */
export function focal(options: FocalOptions = {}): Loss {
  return (input) => {
    const weighted = (value: Value) =>
      options.weights === undefined ? value : mul(value, perChannel(options.weights, value));
    const each = reduceSum(weighted(focalMap(input, options)), { axes: [1] });
    const channels = input.activation === "sigmoid" ? Number(input.logits.shape[1]) : 1;
    return scale(meanOverCounted(each, input.counted), 1 / channels);
  };
}

/** What each channel of each voxel adds, [N, C, ...]. */
function focalMap({ logits, target, activation }: LossInput, { gamma = 2, alpha }: FocalOptions): Value {
  if (activation === "softmax") {
    const logShares = logSoftmax(logits, { axis: 1 });
    const each = neg(mul(mul(logShares, target), powered(complement(exp(logShares)), gamma)));
    if (alpha === undefined) return each;
    const rest = new Array<number>(Number(logits.shape[1]) - 1).fill(alpha);
    return mul(each, perChannel([1 - alpha, ...rest], each));
  }
  const share = sigmoid(logits);
  const ones = mul(mul(target, softplus(neg(logits))), powered(complement(share), gamma));
  const zeros = mul(mul(complement(target), softplus(logits)), powered(share, gamma));
  return alpha === undefined ? add(ones, zeros) : add(scale(ones, alpha), scale(zeros, 1 - alpha));
}

/** A share, held away from 0, to a power. */
export function powered(share: Value, power: number): Value {
  return pow(clip(share, { low: CERTAIN, high: 1 }), share.graph.floats([power]));
}

/**
 * log(1 + e^x) without overflow.
 *
 * (x + |x|) / 2 and not relu(x): the kinks of both |x| then cancel, and the slope at exactly 0 is 1/2.
 */
export function softplus(value: Value): Value {
  const size = abs(value);
  return add(scale(add(value, size), 0.5), log(shift(exp(neg(size)), 1)));
}
