import type { Value } from "../graph/builder.ts";
import type { StepContext } from "../objective.ts";

/** What a loss compares, and how the network's outputs become probabilities. */
export interface LossInput {
  /** Network output, [N, C, ...sides]. */
  readonly logits: Value;
  /** [N, C, ...sides]: 1 where a voxel belongs to the channel's class or region, else 0. */
  readonly target: Value;
  /** [N, 1, ...sides]: 0 where nobody looked, else 1; absent where every voxel counts. */
  readonly counted?: Value;
  /** [N, C, ...sides]: signed distance to each channel's boundary, negative inside; where a loss asks for it. */
  readonly distances?: Value;
  /** `softmax`: one class per voxel, channel 0 is background. `sigmoid`: channels that may overlap, no background. */
  readonly activation: "softmax" | "sigmoid";
  /** Resolution of the logits, 0 for the finest. */
  readonly head?: number;
  /** Where the loss is part of a training step. */
  readonly context?: Pick<StepContext, "features" | "buffer">;
}

/** A loss as a part of a graph: a scalar, least where the prediction is perfect. */
export type Loss = (input: LossInput) => Value;
