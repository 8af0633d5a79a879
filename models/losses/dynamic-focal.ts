import type { Value } from "../graph/builder.ts";
import {
  add,
  clip,
  div,
  exp,
  log,
  logSoftmax,
  max,
  meanOfAll,
  min,
  mul,
  neg,
  reduceSum,
  reshape,
  scale,
  sigmoid,
  stopGradient,
  sub,
} from "../graph/operators/index.ts";
import { softplus } from "./focal.ts";
import type { Loss, LossInput } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";
import { complement, softCounts } from "./shares.ts";

/** How a class's Dice becomes its weight and its focus. */
export interface DynamicFocalOptions {
  /** Exponent of 1 - Dice in the weight. Default 2. */
  readonly gamma?: number;
  /** Greatest focus, of a class at Dice 0; a class at Dice 1 has none. Default 2. */
  readonly focus?: number;
  /** Smallest and largest weight, before they are scaled to mean 1. Default 0.05 and 1. */
  readonly least?: number;
  readonly most?: number;
  /** Whose Dice is followed: that of held-out cases, or that of the batches themselves. Default `validation`. */
  readonly follow?: "validation" | "batches";
}

/**
 * Running Dice of each output channel, between 0 and 1, carried from step to step: a trainer puts that of a validation in its
 * place, or the loss follows its own batches.
 */
export const CLASS_DICE = "dynamic_focal.dice";

/** Share of a batch in the running Dice. */
const BATCH_SHARE = 0.02;

/** Bounds of a probability. */
const CERTAIN = 1e-6;

/**
 * Dynamic focal loss: focal cross entropy whose weight (1 - D)^gamma and focus (1 - D) focus follow each class's running Dice D,
 * so that what is learnt badly counts most.
 *
 * Source: gamma log(1 - Dice) is the difficulty-aware baseline of arXiv:2604.13479 (its code's earlier form), there added to
 *         attention; here the same number is the log weight of the class. Focus: after Lin 2017, doi:10.1109/ICCV.2017.324
 */
export function dynamicFocal({
  gamma = 2,
  focus = 2,
  least = 0.05,
  most = 1,
  follow = "validation",
}: DynamicFocalOptions = {}): Loss {
  return (input) => {
    const { logits, counted } = input;
    const dice = runningDice(input, follow);
    const gap = clip(complement(dice), { low: CERTAIN, high: 1 });
    const raw = clip(exp(scale(log(gap), gamma)), { low: least, high: most });
    const weights = div(raw, meanOfAll(raw));
    const each = reduceSum(mul(focalMap(input, scale(gap, focus)), weights), { axes: [1] });
    const channels = input.activation === "sigmoid" ? Number(logits.shape[1]) : 1;
    return scale(meanOverCounted(each, counted), 1 / channels);
  };
}

/** Cross entropy of each channel times (1 - p)^focus of what it should be, [N, C, ...]; focus [1, C, 1...]. */
function focalMap({ logits, target, activation }: LossInput, focus: Value): Value {
  const turned = (share: Value) => exp(mul(log(clip(share, { low: CERTAIN, high: 1 })), focus));
  if (activation === "softmax") {
    const logShares = logSoftmax(logits, { axis: 1 });
    return neg(mul(mul(logShares, target), turned(complement(exp(logShares)))));
  }
  const share = sigmoid(logits);
  const ones = mul(mul(target, softplus(neg(logits))), turned(complement(share)));
  return add(ones, mul(mul(complement(target), softplus(logits)), turned(share)));
}

/** Running Dice of each channel, [1, C, 1...], before this step. */
function runningDice(input: LossInput, follow: "validation" | "batches"): Value {
  const { target, context, head = 0 } = input;
  const channels = Number(target.shape[1]);
  const shape = target.shape.map((_, axis) => (axis === 1 ? channels : 1));
  if (context === undefined) return target.graph.floats(new Array<number>(channels).fill(0), shape);
  const kept = context.buffer({ name: CLASS_DICE, shape: [channels], initial: { kind: "constant", value: 0 } });
  if (follow === "batches" && head === 0) kept.update(reshape(followed(reshape(kept.value, shape), input), [channels]));
  return reshape(kept.value, shape);
}

function followed(former: Value, input: LossInput): Value {
  const { both, predicted, wanted } = softCounts(input, "batch");
  const one = former.graph.floats([1]);
  const found = stopGradient(div(scale(both, 2), max(add(predicted, wanted), one)));
  const share = scale(min(wanted, one), BATCH_SHARE);
  return add(former, mul(share, sub(found, former)));
}

/**
 * What a trainer puts in the place of the running Dice after a validation: the former one and the validation's in equal parts.
 * Background counts as the best class; a class that no case held keeps its own.
 *
 * Shape:  one number per output channel; `classIds` says which class each writes, 0 for background
 */
export function followedValidation(
  former: Float32Array,
  { classIds, dice }: { readonly classIds: readonly number[]; readonly dice: ReadonlyMap<number, number> },
): Float32Array<ArrayBuffer> {
  const best = Math.max(0, ...dice.values());
  const isFirst = former.every((each) => each === 0);
  return Float32Array.from(former, (each, channel) => {
    const now = classIds[channel] === 0 ? best : (dice.get(classIds[channel]) ?? each);
    return isFirst ? now : (each + now) / 2;
  });
}
