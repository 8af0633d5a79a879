import type { Value } from "../graph/builder.ts";
import { add, div, maxPool, mul, neg, reduceSum, relu, scale, shift, sub } from "../graph/operators/index.ts";
import type { Loss } from "./loss.ts";
import { meanOverPresent } from "./mean-over-present.ts";
import { complement, foregroundOf, sharesOf } from "./shares.ts";

/** How far structures are thinned. */
export interface CentrelineDiceOptions {
  /** Largest radius of a structure in voxels. */
  readonly iterations?: number;
  readonly smooth?: number;
}

/**
 * clDice: 1 - the harmonic mean of how much of the predicted centreline lies in the target and of the target's in the
 * prediction, over the channels that the target holds; for vessels, ducts and other tubes.
 *
 * Source: Shit 2021, doi:10.1109/CVPR46437.2021.01629, algorithm 1
 */
export function centrelineDice({ iterations = 3, smooth = 1 }: CentrelineDiceOptions = {}): Loss {
  return (input) => {
    const { counted, activation } = input;
    const seen = (value: Value) => (counted === undefined ? value : mul(value, counted));
    const shares = seen(foregroundOf(sharesOf(input), activation));
    const target = seen(foregroundOf(input.target, activation));
    const axes = target.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const sum = (value: Value) => reduceSum(value, { axes });
    const inside = (line: Value, volume: Value) => div(shift(sum(mul(line, volume)), smooth), shift(sum(line), smooth));
    const precision = inside(softSkeleton(shares, iterations), target);
    const sensitivity = inside(softSkeleton(target, iterations), shares);
    const harmonic = div(scale(mul(precision, sensitivity), 2), add(precision, sensitivity));
    return meanOverPresent(complement(harmonic), sum(target));
  };
}

/** What is left of shares between 0 and 1 when they are thinned to lines. Shape: [N, C, ...] -> [N, C, ...] */
export function softSkeleton(shares: Value, iterations: number): Value {
  let eroded = shares;
  let skeleton = relu(sub(shares, opened(shares)));
  for (let n = 0; n < iterations; n++) {
    eroded = erode(eroded);
    const line = relu(sub(eroded, opened(eroded)));
    skeleton = add(skeleton, relu(sub(line, mul(skeleton, line))));
  }
  return skeleton;
}

function opened(shares: Value): Value {
  return alongAxes(erode(shares), (value, window) => maxPool(value, window));
}

/** Least value of the direct neighbours along any axis. */
function erode(shares: Value): Value {
  const negative = neg(shares);
  return neg(
    windows(shares)
      .map((window) => maxPool(negative, window))
      .reduce(maxOf),
  );
}

function maxOf(first: Value, second: Value): Value {
  return add(first, relu(sub(second, first)));
}

function alongAxes(value: Value, pool: (value: Value, window: ReturnType<typeof windows>[number]) => Value): Value {
  return windows(value).reduce(pool, value);
}

/** Three voxels along each axis in turn. */
function windows({ shape }: Value) {
  const sides = shape.slice(2);
  return sides.map((_, axis) => {
    const along = (value: number, other: number) => sides.map((__, n) => (n === axis ? value : other));
    return { kernel: along(3, 1), pads: [...along(1, 0), ...along(1, 0)] };
  });
}
