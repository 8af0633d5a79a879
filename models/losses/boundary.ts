import { GraphError } from "../graph/graph-error.ts";
import { mul, reduceSum, scale } from "../graph/operators/index.ts";
import type { Loss } from "./loss.ts";
import { meanOverCounted } from "./mean-over-counted.ts";
import { foregroundOf, sharesOf } from "./shares.ts";

/**
 * Mean over voxels and channels of the share times the signed distance to the target's boundary, negative inside.
 *
 * Takes part in a sum with a loss of regions; alone it is least for whatever the distances make of a flat prediction.
 *
 * Errors: GraphError when the training graph has no distances
 * Source: Kervadec 2021, doi:10.1016/j.media.2020.101851, equation 8
 */
export function boundary(): Loss {
  return (input) => {
    const { distances, activation, counted } = input;
    if (distances === undefined)
      throw new GraphError({ where: "boundary loss", expected: "distances to the boundary", got: "none" });
    const each = mul(foregroundOf(sharesOf(input), activation), foregroundOf(distances, activation));
    return meanOverCounted(scale(reduceSum(each, { axes: [1] }), 1 / Number(each.shape[1])), counted);
  };
}
