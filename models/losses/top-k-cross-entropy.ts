import {
  cast,
  div,
  greater,
  max,
  mul,
  reshape,
  scale,
  slice,
  stopGradient,
  sumOfAll,
  topValues,
} from "../graph/operators/index.ts";
import { type CrossEntropyOptions, crossEntropyMap } from "./cross-entropy.ts";
import type { Loss } from "./loss.ts";

/**
 * Mean cross entropy of the hardest voxels, a share of all.
 *
 * Where several voxels are as hard as the last one that counts, all of them or none do.
 *
 * Source: Wu 2016, arXiv:1605.06885; nnU-Net v2, TopKLoss
 */
export function topKCrossEntropy({
  share = 0.1,
  ...options
}: CrossEntropyOptions & { readonly share?: number } = {}): Loss {
  return (input) => {
    const map = crossEntropyMap(input, options);
    const length = map.shape.reduce<number>((product, side) => product * Number(side), 1);
    const each = reshape(input.counted === undefined ? map : mul(map, input.counted), [length]);
    const fixed = stopGradient(each);
    const count = Math.max(1, Math.min(length, Math.round(share * length)));
    // A hair below the last, so that it is above the border itself.
    const border = scale(slice(topValues(fixed, { count }), [{ axis: 0, from: count - 1, to: count }]), 1 - 1e-6);
    const isHard = cast(greater(fixed, border), "float32");
    return div(sumOfAll(mul(each, isHard)), max(sumOfAll(isHard), each.graph.floats([1])));
  };
}
