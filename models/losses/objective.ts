import type { Value } from "../graph/builder.ts";
import { add, scale } from "../graph/operators/index.ts";
import type { Objective } from "../training-step.ts";
import { headWeights, labelsAt } from "./deep-supervision.ts";
import { adjustedLogits } from "./logit-adjustment.ts";
import type { Loss, LossInput } from "./loss.ts";
import { countedOf, targetsOf } from "./targets.ts";

/** What labels mean to a network, and what its loss is made of. */
export interface ObjectiveOptions {
  /** Parts of the loss by name, each with its weight. */
  readonly terms: readonly { readonly name: string; readonly weight: number; readonly loss: Loss }[];
  /** Label values that each output channel stands for. */
  readonly labelsOfChannels: readonly (readonly number[])[];
  readonly ignoreLabel?: number | undefined;
  readonly activation: LossInput["activation"];
  /** See `adjustedLogits`; none when left out. */
  readonly adjustment?: { readonly frequencies: readonly number[]; readonly tau: number };
}

/** A weighted sum of losses over every head of a network; the terms shown are those of the finest. */
export function objectiveOf(options: ObjectiveOptions) {
  const { terms } = options;
  return (heads: readonly Value[], labels: Value, distances?: Value): Objective => {
    const weights = headWeights(heads.length);
    const perHead = heads.map((logits) => {
      const input = lossInput({ logits, labels, distances }, options);
      return terms.map(({ loss }) => loss(input));
    });
    const sumOf = (values: readonly Value[]) => values.map((value, n) => scale(value, terms[n].weight)).reduce(add);
    return {
      loss: perHead.map((values, level) => scale(sumOf(values), weights[level])).reduce(add),
      terms: Object.fromEntries(terms.map(({ name }, n) => [name, perHead[0][n]])),
    };
  };
}

function lossInput(
  { logits, labels, distances }: { logits: Value; labels: Value; distances: Value | undefined },
  { labelsOfChannels, ignoreLabel, activation, adjustment }: ObjectiveOptions,
): LossInput {
  const own = labelsAt(labels, logits);
  return {
    logits: adjustment === undefined ? logits : adjustedLogits(logits, adjustment),
    target: targetsOf(own, labelsOfChannels),
    activation,
    ...(ignoreLabel === undefined ? {} : { counted: countedOf(own, ignoreLabel) }),
    ...(distances === undefined ? {} : { distances: labelsAt(distances, logits) }),
  };
}
