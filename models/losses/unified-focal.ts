import type { Value } from "../graph/builder.ts";
import {
  add,
  concat,
  exp,
  logSoftmax,
  mul,
  neg,
  reduceMean,
  reduceSum,
  scale,
  sigmoid,
  slice,
} from "../graph/operators/index.ts";
import { powered, softplus } from "./focal.ts";
import type { Loss, LossInput } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";
import { meanOverPresent } from "./mean-over-present.ts";
import { complement, foregroundOf } from "./shares.ts";
import { tverskyIndex } from "./tversky.ts";

/** How the two halves of the unified focal loss are weighted. */
export interface UnifiedFocalOptions {
  /** Of the cross-entropy half; the Tversky half has the rest. */
  readonly weight?: number;
  /** Of foreground against background, and of false negatives against false positives. */
  readonly delta?: number;
  /** How far easy background is turned down, and rare foreground turned up. */
  readonly gamma?: number;
}

/**
 * Asymmetric unified focal loss: background voxels count less the easier they are, foreground classes more the worse they are.
 *
 * Source: Yeung 2022, doi:10.1016/j.compmedimag.2021.102026, equations 20 to 22, with the authors' published defaults;
 *         regions, which the paper has not, are each told from what is outside them
 */
export function unifiedFocal({ weight = 0.5, delta = 0.6, gamma = 0.5 }: UnifiedFocalOptions = {}): Loss {
  return (input) =>
    add(
      scale(asymmetricFocal(input, { delta, gamma }), weight),
      scale(asymmetricFocalTversky(input, { delta, gamma }), 1 - weight),
    );
}

interface Shape {
  readonly delta: number;
  readonly gamma: number;
}

function asymmetricFocal(input: LossInput, shape: Shape): Value {
  const each = input.activation === "softmax" ? entropyOfClasses(input, shape) : entropyOfRegions(input, shape);
  return meanOverCounted(each, input.counted);
}

function entropyOfClasses({ logits, target }: LossInput, { delta, gamma }: Shape): Value {
  const logShares = logSoftmax(logits, { axis: 1 });
  const entropy = neg(mul(logShares, target));
  const easy = powered(complement(exp(backgroundOf(logShares))), gamma);
  const background = scale(mul(easy, backgroundOf(entropy)), 1 - delta);
  const foreground = scale(foregroundOf(entropy, "softmax"), delta);
  return reduceSum(concat([background, foreground], { axis: 1 }), { axes: [1] });
}

/** Each region against what is outside it. */
function entropyOfRegions({ logits, target }: LossInput, { delta, gamma }: Shape): Value {
  const inside = mul(target, softplus(neg(logits)));
  const outside = mul(mul(complement(target), softplus(logits)), powered(sigmoid(logits), gamma));
  return reduceMean(add(scale(inside, delta), scale(outside, 1 - delta)), { axes: [1] });
}

function asymmetricFocalTversky(input: LossInput, { delta, gamma }: Shape): Value {
  const { index, wanted } = tverskyIndex(input, { alpha: 1 - delta, beta: delta });
  const missing = complement(index);
  const foreground = powered(foregroundOf(missing, input.activation), 1 - gamma);
  const each = input.activation === "softmax" ? concat([backgroundOf(missing), foreground], { axis: 1 }) : foreground;
  return meanOverPresent(each, wanted);
}

function backgroundOf(value: Value): Value {
  return slice(value, [{ axis: 1, from: 0, to: 1 }]);
}
