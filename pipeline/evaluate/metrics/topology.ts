import { componentsOf } from "../../kernels/components.ts";
import { eulerCharacteristic } from "../../kernels/euler.ts";
import { skeletonOf } from "../../kernels/skeleton.ts";
import type { Triple } from "../../volume/affine.ts";
import { shapeOfBox } from "../../volume/box.ts";
import { type MaskPair, maskInBox } from "../mask-pair.ts";
import type { BettiNumbers, Topology } from "./facts.ts";
import type { Metric } from "./metric.ts";

/** Compares how a class hangs together, and its centrelines. */
export function compareTopology(pair: MaskPair): Topology {
  const shape = shapeOfBox(pair.box);
  const prediction = maskInBox(pair.prediction, pair);
  const reference = maskInBox(pair.reference, pair);
  return {
    prediction: bettiNumbers(prediction, shape),
    reference: bettiNumbers(reference, shape),
    centrelinePrecision: shareInside(skeletonOf(prediction, shape), reference),
    centrelineRecall: shareInside(skeletonOf(reference, shape), prediction),
  };
}

/**
 * Regions, tunnels and cavities of a mask whose voxels touch at corners too.
 *
 * Empty:  0, 0, 0
 * Source: Euler-Poincaré formula: regions - tunnels + cavities is the Euler characteristic
 */
export function bettiNumbers(mask: Uint8Array, shape: Triple): BettiNumbers {
  const regions = componentsOf({ data: mask, shape }, { connectivity: 26 }).length;
  const cavities = outsideRegions(mask, shape) - 1;
  return [regions, regions + cavities - eulerCharacteristic(mask, shape), cavities];
}

/** Regions of what is outside a mask, all around it being one of them. */
function outsideRegions(mask: Uint8Array, [depth, height, width]: Triple): number {
  const shape: Triple = [depth + 2, height + 2, width + 2];
  const outside = new Uint8Array(shape[0] * shape[1] * shape[2]).fill(1);
  for (let d = 0, i = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++)
        if (mask[i] !== 0) outside[((d + 1) * shape[1] + h + 1) * shape[2] + w + 1] = 0;
  return componentsOf({ data: outside, shape }, { connectivity: 6 }).length;
}

function shareInside(skeleton: Uint8Array, mask: Uint8Array): number {
  let [all, inside] = [0, 0];
  for (let i = 0; i < skeleton.length; i++) {
    all += skeleton[i];
    inside += skeleton[i] & mask[i];
  }
  return inside / all;
}

/** How well the shape of thin and branching structures is kept. */
export const topologyMetrics: readonly Metric[] = [
  {
    key: "cl-dice",
    needs: "topology",
    unit: "",
    better: "higher",
    description: "Dice of centrelines: shares of each that lie inside the other mask (Shit 2021, arXiv:2003.07311)",
    best: 1,
    worst: 0,
    value: ({ topology: { centrelinePrecision: precision, centrelineRecall: recall } }) => {
      return precision === 0 || recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    },
  },
  bettiError("betti-0-error", "regions more or fewer than in the reference", 0),
  bettiError("betti-1-error", "tunnels more or fewer than in the reference", 1),
  bettiError("betti-2-error", "cavities more or fewer than in the reference", 2),
];

function bettiError(key: string, description: string, n: 0 | 1 | 2): Metric {
  return {
    key,
    needs: "topology",
    unit: "",
    better: "lower",
    description,
    best: 0,
    value: ({ topology: { prediction, reference } }) => Math.abs(prediction[n] - reference[n]),
  };
}
