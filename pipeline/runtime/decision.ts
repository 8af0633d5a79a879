import type { NetworkOutput } from "./network.ts";

/** How the channels of a voxel are weighed against each other; see `NetworkOutput`. */
export interface DecisionRule {
  /** What a channel has to exceed. */
  readonly threshold: number;
  /** Whether a channel that did raises the threshold for those after it: the greatest wins, not the last. */
  readonly greatest: boolean;
}

/** The rule that a kind of output asks for. */
export function decisionRuleOf(kind: NetworkOutput["kind"]): DecisionRule {
  if (kind === "sigmoid") return { threshold: 0.5, greatest: false };
  if (kind === "sigmoid-logits") return { threshold: 0, greatest: false };
  return { threshold: -Infinity, greatest: true };
}

/** Class id by decision: a decision is the winning channel + 1, or 0 when there is none, which is background. */
export function classOfDecision({ classIds }: NetworkOutput): Uint16Array {
  return Uint16Array.of(0, ...classIds);
}
