import type { Value } from "../graph/builder.ts";
import { GraphError } from "../graph/graph-error.ts";
import {
  clip,
  concat,
  div,
  globalAveragePool,
  meanOfAll,
  mul,
  reshape,
  slice,
  stopGradient,
} from "../graph/operators/index.ts";
import type { StepContext } from "../objective.ts";
import type { LossInput } from "./loss.ts";

/** What a weighting may look at. */
export interface WeighedBatch {
  /** Loss of each patch, [N]. */
  readonly losses: Value;
  /** What the finest head is compared with. */
  readonly finest: LossInput;
  readonly context: StepContext;
}

/** A way to weigh the patches of a batch against each other. */
export interface PatchWeighting {
  /** Above 0, [N]; no gradient goes through it. */
  weigh(batch: WeighedBatch): Value;
  /** Whether its weights say how hard a patch is. */
  readonly tellsDifficulty: boolean;
}

/** Bounds of what one patch counts against the mean, and of how hard it is said to be. Source: HAMR, arXiv:2604.18759 */
const [LEAST, MOST] = [0.1, 8];

/** Each patch of a batch by itself: for every head its part of what is compared. */
export function patchesOf(inputs: readonly LossInput[]): readonly (readonly LossInput[])[] {
  const count = Number(inputs[0].logits.shape[0]);
  return Array.from({ length: count }, (_, n) => inputs.map((input) => patchOf(input, n)));
}

function patchOf({ logits, target, counted, distances, context, ...rest }: LossInput, n: number): LossInput {
  const own = (value: Value) => slice(value, [{ axis: 0, from: n, to: n + 1 }]);
  return {
    ...rest,
    logits: own(logits),
    target: own(target),
    ...(counted === undefined ? {} : { counted: own(counted) }),
    ...(distances === undefined ? {} : { distances: own(distances) }),
    ...(context === undefined
      ? {}
      : {
          context: {
            features: new Map([...context.features].map(([role, value]) => [role, own(value)])),
            // What is kept of the whole batch is kept once.
            buffer: (spec) => ({ value: context.buffer(spec).value, update: () => undefined }),
          },
        }),
  };
}

/** The mean of the patches' losses, each times its weight; weights have mean 1. */
export function weightedMean(
  ofPatches: readonly Value[],
  { weightings, ...batch }: Omit<WeighedBatch, "losses"> & { readonly weightings: readonly PatchWeighting[] },
): { readonly loss: Value; readonly difficulty: Value } {
  const losses = concat(
    ofPatches.map((loss) => reshape(loss, [1])),
    { axis: 0 },
  );
  const weights = weightings.map((weighting) => stopGradient(weighting.weigh({ ...batch, losses })));
  const judge = weightings.findIndex(({ tellsDifficulty }) => tellsDifficulty);
  const difficulty = bounded(judge < 0 ? stopGradient(losses) : weights[judge]);
  if (weights.length === 0) return { loss: meanOfAll(losses), difficulty };
  return { loss: meanOfAll(mul(losses, bounded(weights.reduce(mul)))), difficulty };
}

/** Against the mean, within the bounds. */
function bounded(values: Value): Value {
  return clip(div(values, meanOfAll(values)), { low: LEAST, high: MOST });
}

/**
 * What each patch looks like: the mean of the network's coarsest features.
 *
 * Shape:  [N, F, ...] -> [N, F]
 * Errors: GraphError when the network shows none
 */
export function patchFeatures({ features }: StepContext): Value {
  const coarsest = features.get("bottleneck");
  if (coarsest === undefined)
    throw new GraphError({
      where: "network",
      expected: "an architecture that shows its coarsest features, to compare patches by",
      got: "one that does not",
    });
  const [batch, channels] = coarsest.shape;
  return stopGradient(reshape(globalAveragePool(coarsest), [batch, channels]));
}
