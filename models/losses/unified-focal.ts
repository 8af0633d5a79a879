import type { Value } from "../graph/builder.ts";
import { add, concat, exp, logSoftmax, mul, neg, reduceSum, scale, slice } from "../graph/operators/index.ts";
import { powered } from "./focal.ts";
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
 * Source: Yeung 2022, doi:10.1016/j.compmedimag.2021.102026, equations 20 to 22, with the authors' published defaults
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

function asymmetricFocal({ logits, target, counted }: LossInput, { delta, gamma }: Shape): Value {
  const logShares = logSoftmax(logits, { axis: 1 });
  const entropy = neg(mul(logShares, target));
  const first = (value: Value) => slice(value, [{ axis: 1, from: 0, to: 1 }]);
  const easy = powered(complement(exp(first(logShares))), gamma);
  const background = scale(mul(easy, first(entropy)), 1 - delta);
  const foreground = scale(foregroundOf(entropy, "softmax"), delta);
  return meanOverCounted(reduceSum(concat([background, foreground], { axis: 1 }), { axes: [1] }), counted);
}

function asymmetricFocalTversky(input: LossInput, { delta, gamma }: Shape): Value {
  const { index, wanted } = tverskyIndex(input, { alpha: 1 - delta, beta: delta });
  const missing = complement(index);
  const background = slice(missing, [{ axis: 1, from: 0, to: 1 }]);
  const foreground = powered(foregroundOf(missing, "softmax"), 1 - gamma);
  return meanOverPresent(concat([background, foreground], { axis: 1 }), wanted);
}
