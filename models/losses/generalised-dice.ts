import { add, div, max, min, mul, reciprocal, scale, sumOfAll } from "../graph/operators/index.ts";
import type { Loss } from "./loss.ts";
import { complement, type SumOver, softCounts } from "./shares.ts";

/** Keeps 0 / 0 out where the target holds no channel at all. */
const NOTHING = 1e-20;

/**
 * Generalised Dice: channels are weighted by one over the square of their volume; absent ones by 0.
 *
 * Source: Sudre 2017, doi:10.1007/978-3-319-67558-9_28
 */
export function generalisedDice({ over = "batch", smooth = 1e-5 }: { over?: SumOver; smooth?: number } = {}): Loss {
  return (input) => {
    const { both, predicted, wanted } = softCounts(input, over);
    const one = wanted.graph.floats([1]);
    const volume = max(wanted, one);
    const weight = mul(reciprocal(mul(volume, volume)), min(wanted, one));
    const [shared, all] = [both, add(predicted, wanted)].map((value) => sumOfAll(mul(weight, value)));
    // The weights are as small as one over a volume's square: so is the smoothing, by the largest of them.
    const small = scale(sumOfAll(weight), smooth);
    return complement(div(add(scale(shared, 2), small), max(add(all, small), wanted.graph.floats([NOTHING]))));
  };
}
