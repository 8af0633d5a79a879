import type { Value } from "../graph/builder.ts";
import {
  add,
  axesBut,
  batchNorm,
  mul,
  reciprocal,
  reduceMean,
  reshape,
  scale,
  shift,
  sqrt,
  stopGradient,
  sub,
} from "../graph/operators/index.ts";
import { constantly, type Parameters } from "./parameters.ts";

/** How the running statistics follow the batches'. */
export interface BatchNormOptions {
  /** Share of a batch in them. */
  readonly momentum?: number;
  readonly epsilon?: number;
}

/**
 * Batch normalisation: by the batch's mean and variance in training, where it keeps running ones, and by those in inference.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]
 * Source: Ioffe 2015, arXiv:1502.03167, with PyTorch's running statistics: the unbiased variance, momentum 0.1
 */
export function batchNormalised(
  value: Value,
  parameters: Parameters,
  { momentum = 0.1, epsilon = 1e-5 }: BatchNormOptions = {},
): Value {
  const channels = Number(value.shape[1]);
  const factor = parameters.weight("weight", [channels], constantly(1));
  const bias = parameters.weight("bias", [channels], constantly(0));
  const mean = parameters.buffer("running_mean", [channels], constantly(0));
  const variance = parameters.buffer("running_var", [channels], constantly(1));
  if (!parameters.isTraining)
    return batchNorm(value, { scale: factor, bias, mean: mean.value, variance: variance.value, epsilon });
  const others = { axes: axesBut(value, [1]) };
  const ofBatch = reduceMean(value, others);
  const centred = sub(value, ofBatch);
  const spread = reduceMean(mul(centred, centred), others);
  const count = value.shape.reduce<number>((product, side, axis) => (axis === 1 ? product : product * Number(side)), 1);
  const follow = (running: Value, now: Value) =>
    add(scale(running, 1 - momentum), scale(reshape(stopGradient(now), [channels]), momentum));
  mean.update(follow(mean.value, ofBatch));
  variance.update(follow(variance.value, scale(spread, count / Math.max(1, count - 1))));
  const perChannel = (each: Value) => reshape(each, [1, channels, ...value.shape.slice(2).map(() => 1)]);
  const normal = mul(centred, reciprocal(sqrt(shift(spread, epsilon))));
  return add(mul(normal, perChannel(factor)), perChannel(bias));
}
