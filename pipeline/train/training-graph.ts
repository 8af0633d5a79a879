import type { ForeignNames } from "../../models/architectures/architecture.ts";
import { networkGroups } from "../../models/architectures/index.ts";
import type { Dialect } from "../../models/graph/builder.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { GraphError } from "../../models/graph/graph-error.ts";
import { needsDistances, objectiveFrom } from "../../models/losses/index.ts";
import { optimiserFrom } from "../../models/optimisers/index.ts";
import { type TrainingStep, trainingStep } from "../../models/training-step.ts";
import type { TrainingShape } from "../runtime/training-runner.ts";
import { ConfigError } from "../volume/errors.ts";
import { planNetwork } from "./plan-network.ts";
import type { TrainingPlan } from "./plan-schema.ts";
import { followsPatches } from "./sampling/index.ts";
import type { TrainingConfig } from "./training-config.ts";

/** A training step for a plan and settings, ready to be opened. */
export interface TrainingGraph {
  readonly step: TrainingStep;
  readonly model: Uint8Array;
  /** Names under which other programs' weights may come. */
  readonly foreignNames: readonly ForeignNames[];
  /** Class that each output channel writes, 0 for background. */
  readonly classIds: readonly number[];
  /** Label values of each channel, where batches have to carry distances to them. */
  readonly distancesTo: readonly (readonly number[])[] | undefined;
  readonly shape: TrainingShape;
}

/**
 * The graph of one training step.
 *
 * Errors: ConfigError C_TRAINING when a group of parameters fits none, a weight names no class, or stages do not fit the patch
 */
export function trainingGraph(plan: TrainingPlan, config: TrainingConfig, dialect: Dialect): TrainingGraph {
  try {
    return graphOf(plan, config, dialect);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const { where, expected, got } = error;
    const next = "Correct the training settings or the plan";
    throw new ConfigError({ code: "C_TRAINING", where, expected, got, next }, { cause: error });
  }
}

function graphOf(plan: TrainingPlan, config: TrainingConfig, dialect: Dialect): TrainingGraph {
  const { deepSupervision } = config;
  const planned = planNetwork(plan, { settings: config.network, deepSupervision });
  const { network, channels, sides, activation, labelsOfChannels, frequencies, channelNames } = planned;
  const image = [plan.batch, channels, ...sides];
  const { ignoreLabel } = plan;
  const asksDistances = needsDistances(config.loss.terms);
  const step = trainingStep({
    network,
    imageShape: image,
    objective: objectiveFrom(config.loss, {
      labelsOfChannels,
      ignoreLabel,
      activation,
      frequencies,
      names: channelNames,
      tellsPatches: followsPatches(config.sampling),
    }),
    ...(asksDistances ? { distanceChannels: labelsOfChannels.length } : {}),
    optimiser: optimiserFrom(config.optimiser),
    weightDecay: config.weightDecay,
    groups: [...networkGroups(config.network), ...config.groups],
    clipNorm: config.clipNorm,
    ...(config.averageDecay === null ? {} : { averageDecay: config.averageDecay }),
    dialect,
    recompute: config.recompute,
  });
  const carried = step.carried.map(({ name, shape }) => ({ name, shape }));
  const distances = asksDistances ? { distances: image.with(1, labelsOfChannels.length) } : {};
  const where = `training step for ${plan.dataset}`;
  return {
    foreignNames: planned.foreignNames,
    classIds: planned.output.classIds,
    distancesTo: asksDistances ? labelsOfChannels : undefined,
    step,
    model: encodeModel(step.graph),
    shape: {
      where,
      image,
      labels: image.with(1, 1),
      ...distances,
      ...patchFeaturesOf(step),
      carried,
      terms: step.terms,
    },
  };
}

function patchFeaturesOf({ patchFeatures }: TrainingStep): Pick<TrainingShape, "patchFeatures"> {
  return patchFeatures === undefined ? {} : { patchFeatures };
}
