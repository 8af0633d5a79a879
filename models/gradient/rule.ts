import type { Value } from "../graph/builder.ts";
import type { Attribute } from "../graph/graph.ts";

/** What a rule is told of the operation that it goes back over. */
export interface Backward {
  /** The operation's inputs; where the operation is computed a second time, those of the second time. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Gradient of the loss to the operation's first output. */
  readonly gradient: Value;
  /** Gradient to each output; `undefined` where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
  /** Whether the gradient to an input is asked for; what is not is not computed. */
  readonly wants: (input: number) => boolean;
}

/**
 * Gradients to an operation's inputs from those to its outputs, in the inputs' order and shapes; `undefined` for none.
 */
export type GradientRule = (backward: Backward) => readonly (Value | undefined)[];
