import type { Value } from "../graph/builder.ts";
import { slice } from "../graph/operators/index.ts";

/** Weight of each head, finest first: halved from one to the next, 1 in all. Source: nnU-Net v2, DeepSupervisionWrapper */
export function headWeights(heads: number): readonly number[] {
  const halved = Array.from({ length: heads }, (_, level) => 2 ** -level);
  const sum = halved.reduce((total, weight) => total + weight, 0);
  return halved.map((weight) => weight / sum);
}

/**
 * Labels at a head's resolution: of each block the voxel behind its middle, as nearest-exact interpolation takes it.
 *
 * Shape:  labels [N, 1, ...sides] -> [N, 1, ...sides of the logits], which divide them
 */
export function labelsAt(labels: Value, logits: Value): Value {
  const ranges = labels.shape.slice(2).map((side, n) => {
    const step = Number(side) / Number(logits.shape[n + 2]);
    return { axis: n + 2, from: Math.floor(step / 2), to: Number(side), step };
  });
  return slice(labels, ranges);
}
