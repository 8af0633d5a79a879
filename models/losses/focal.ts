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
  relu,
  scale,
  shift,
  sigmoid,
} from "../graph/operators/index.ts";
import { perChannel } from "./class-weights.ts";
import type { Loss } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";
import { complement } from "./shares.ts";

/** How far easy voxels are turned down. */
export interface FocalOptions {
  readonly gamma?: number;
  /** Weight per channel; for a sigmoid that of its ones, where one number less it is that of its zeros. */
  readonly alpha?: readonly number[] | undefined;
}

/** Keeps the slope of a power below 1 finite where a voxel is certain. */
const CERTAIN = 1e-6;

/**
 * Focal loss: cross entropy of each voxel times (1 - p)^gamma of what it should be; the mean over voxels.
 *
 * Source: Lin 2017, doi:10.1109/ICCV.2017.324, equation 5
 */
export function focal({ gamma = 2, alpha }: FocalOptions = {}): Loss {
  return ({ logits, target, activation, counted }) => {
    const weighted = (value: Value) => (alpha === undefined ? value : mul(value, perChannel(alpha, value)));
    if (activation === "softmax") {
      const logShares = logSoftmax(logits, { axis: 1 });
      const each = neg(mul(weighted(mul(logShares, target)), powered(complement(exp(logShares)), gamma)));
      return meanOverCounted(reduceSum(each, { axes: [1] }), counted);
    }
    const share = sigmoid(logits);
    const [toOne, toZero] = [softplus(neg(logits)), softplus(logits)];
    const ones = weighted(mul(mul(target, toOne), powered(complement(share), gamma)));
    const rest = alpha?.map((weight) => 1 - weight);
    const zeros = mul(mul(complement(target), toZero), powered(share, gamma));
    const each = add(ones, rest === undefined ? zeros : mul(zeros, perChannel(rest, zeros)));
    return scale(meanOverCounted(reduceSum(each, { axes: [1] }), counted), 1 / Number(logits.shape[1]));
  };
}

/** A share, held away from 0, to a power. */
export function powered(share: Value, power: number): Value {
  return pow(clip(share, { low: CERTAIN, high: 1 }), share.graph.floats([power]));
}

/** log(1 + e^x) without overflow. */
export function softplus(value: Value): Value {
  return add(relu(value), log(shift(exp(neg(abs(value))), 1)));
}
