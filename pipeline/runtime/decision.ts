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

/** Probability of the channel that won a voxel, 0..1, from the scores of all its channels. */
export function probabilityOf(
  { kind, classIds }: NetworkOutput,
  winner: number,
  scoreOf: (channel: number) => number,
): number {
  const own = scoreOf(winner);
  if (kind === "sigmoid" || kind === "probabilities") return Math.min(1, Math.max(0, own));
  if (kind === "sigmoid-logits") return 1 / (1 + Math.exp(-own));
  let sum = 0;
  for (let c = 0; c < classIds.length; c++) sum += Math.exp(scoreOf(c) - own);
  return 1 / sum;
}
