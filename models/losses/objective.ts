import type { Value } from "../graph/builder.ts";
import { add, scale } from "../graph/operators/index.ts";
import type { MakeObjective, Objective, StepContext } from "../objective.ts";
import { headWeights, labelsAt } from "./deep-supervision.ts";
import { adjustedLogits } from "./logit-adjustment.ts";
import type { Loss, LossInput } from "./loss.ts";
import { type PatchWeighting, patchesOf, patchFeatures, weightedMean } from "./patch-weights.ts";
import { countedOf, targetsOf } from "./targets.ts";

/** What labels mean to a network, and what its loss is made of. */
export interface ObjectiveOptions {
  /** Parts of the loss by name, each with its weight. */
  readonly terms: readonly LossTerm[];
  /** Label values that each output channel stands for. */
  readonly labelsOfChannels: readonly (readonly number[])[];
  readonly ignoreLabel?: number | undefined;
  readonly activation: LossInput["activation"];
  /** See `adjustedLogits`; none when left out. */
  readonly adjustment?: { readonly frequencies: readonly number[]; readonly tau: number };
  /** Ways to weigh the patches of a batch; their products are scaled to mean 1. All count the same when left out. */
  readonly weightings?: readonly PatchWeighting[];
  /** Whether each patch's difficulty and features are told, for a sampler. */
  readonly tellsPatches?: boolean;
}

/** A part of a loss. */
export interface LossTerm {
  readonly name: string;
  readonly weight: number;
  readonly loss: Loss;
}

/** A weighted sum of losses over every head of a network; the terms shown are those of the finest. */
export function objectiveOf(options: ObjectiveOptions): MakeObjective {
  const { terms, weightings = [], tellsPatches = false } = options;
  return (heads, labels, context) => {
    const inputs = heads.map((logits, head) => lossInput({ logits, labels, head, context }, options));
    const values = inputs.map((input) => terms.map(({ loss }) => loss(input)));
    const shown = Object.fromEntries(terms.map(({ name }, n) => [name, values[0][n]]));
    const weights = headWeights(heads.length);
    if (weightings.length === 0 && !tellsPatches) {
      const perHead = values.map((each, head) => scale(sumOf(each, terms), weights[head]));
      return { loss: perHead.reduce(add), terms: shown };
    }
    return patchwise({ inputs, context }, { terms, weightings, tellsPatches, shown });
  };
}

/** Each patch by itself, so that it can be weighed; sums over the batch become means over patches. */
function patchwise(
  { inputs, context }: { readonly inputs: readonly LossInput[]; readonly context: StepContext },
  {
    terms,
    weightings,
    shown,
    tellsPatches,
  }: Required<Pick<ObjectiveOptions, "terms" | "weightings" | "tellsPatches">> & {
    readonly shown: Readonly<Record<string, Value>>;
  },
): Objective {
  const weights = headWeights(inputs.length);
  const ofPatches = patchesOf(inputs).map((patch) =>
    patch
      .map((input, head) =>
        scale(
          sumOf(
            terms.map(({ loss }) => loss(input)),
            terms,
          ),
          weights[head],
        ),
      )
      .reduce(add),
  );
  const { loss, difficulty } = weightedMean(ofPatches, { weightings, finest: inputs[0], context });
  const patches = tellsPatches ? { patches: { difficulty, features: patchFeatures(context) } } : {};
  return { loss, terms: shown, ...patches };
}

function sumOf(values: readonly Value[], terms: readonly LossTerm[]): Value {
  return values.map((value, n) => scale(value, terms[n].weight)).reduce(add);
}

interface HeadInput {
  readonly logits: Value;
  readonly labels: Value;
  readonly head: number;
  readonly context: StepContext;
}

function lossInput(
  { logits, labels, head, context }: HeadInput,
  { labelsOfChannels, ignoreLabel, activation, adjustment }: ObjectiveOptions,
): LossInput {
  const own = labelsAt(labels, logits);
  const { distances } = context;
  return {
    logits: adjustment === undefined ? logits : adjustedLogits(logits, adjustment),
    target: targetsOf(own, labelsOfChannels),
    activation,
    head,
    context,
    ...(ignoreLabel === undefined ? {} : { counted: countedOf(own, ignoreLabel) }),
    ...(distances === undefined ? {} : { distances: labelsAt(distances, logits) }),
  };
}
