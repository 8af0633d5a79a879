import type { Value } from "../graph/builder.ts";

/** Weights on the way through one step, all as vectors of one length. */
export interface OptimiserInput {
  readonly weights: Value;
  readonly gradient: Value;
  /** By the names in `Optimiser.state`. */
  readonly state: ReadonlyMap<string, Value>;
  /** A scalar. */
  readonly learningRate: Value;
  /** A scalar: 1 in the first step. */
  readonly step: Value;
  /** Share of the weights that is taken off per unit of learning rate, or added to the gradient: see each optimiser. */
  readonly weightDecay: number;
}

/** What the weights and the state become. */
export interface OptimiserResult {
  readonly weights: Value;
  readonly state: ReadonlyMap<string, Value>;
}

/** A rule that moves weights against their gradient. */
export interface Optimiser {
  /** Names of the vectors that are kept from step to step; all start at 0. */
  readonly state: readonly string[];
  update(input: OptimiserInput): OptimiserResult;
}
