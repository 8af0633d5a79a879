import type { ForeignNames, Network, NetworkContext } from "../../models/architectures/architecture.ts";
import {
  type NetworkSettings,
  networkClassBias,
  networkForeignNames,
  networkFrom,
} from "../../models/architectures/index.ts";
import type { NetworkOutput } from "../runtime/network.ts";
import type { TrainingPlan } from "./plan-schema.ts";

/** A network for a plan, and what goes in and comes out. */
export interface PlanNetwork {
  readonly network: Network;
  readonly channels: number;
  /** [D, H, W], or [H, W] for a 2-D network. */
  readonly sides: readonly number[];
  readonly output: NetworkOutput;
  readonly activation: "softmax" | "sigmoid";
  /** Label values that each output channel stands for. */
  readonly labelsOfChannels: readonly (readonly number[])[];
  /** Names of the output channels. */
  readonly channelNames: readonly string[];
  /** Share of all voxels that each output channel has. */
  readonly frequencies: readonly number[];
  /** Names under which other programs' weights may come. */
  readonly foreignNames: readonly ForeignNames[];
  /** What the network adds to the attention of each channel, by name, from its weights; see `networkClassBias`. */
  readonly classBias: (weights: ReadonlyMap<string, Float32Array>) => Readonly<Record<string, number>> | undefined;
}

/** How the network is put together. */
export interface PlanNetworkOptions {
  readonly settings: NetworkSettings;
  /** Whether its coarser resolutions give logits too. */
  readonly deepSupervision: boolean;
}

/** The network that settings and a plan describe. */
export function planNetwork(plan: TrainingPlan, { settings, deepSupervision }: PlanNetworkOptions): PlanNetwork {
  const { dimensions, regions, classes, patch, input } = plan;
  const own = (triple: readonly number[]) => triple.slice(3 - dimensions);
  const stages = plan.stages.map((stage) => ({ ...stage, kernel: own(stage.kernel), stride: own(stage.stride) }));
  const labelsOfChannels = regions?.map(({ classIds }) => classIds) ?? [[0], ...classes.map(({ id }) => [id])];
  // nnU-Net gives the coarsest of the decoder's outputs no weight.
  const heads = deepSupervision ? Math.max(1, stages.length - 2) : 1;
  const frequencies = frequenciesOf(plan, labelsOfChannels);
  const channelNames = regions?.map(({ name }) => name) ?? ["background", ...classes.map(({ name }) => name)];
  const context: NetworkContext = { stages, outputs: labelsOfChannels.length, heads, frequencies };
  return {
    network: networkFrom(settings, context),
    channels: input.channels.length,
    sides: own(patch),
    output: {
      kind: regions === undefined ? "logits" : "sigmoid-logits",
      classIds: regions === undefined ? labelsOfChannels.flat() : classesOfRegions(labelsOfChannels),
    },
    activation: regions === undefined ? "softmax" : "sigmoid",
    labelsOfChannels,
    channelNames,
    frequencies,
    foreignNames: networkForeignNames(settings, context),
    classBias: (weights) => {
      const values = networkClassBias(settings, context, weights);
      return values && Object.fromEntries(channelNames.map((name, n) => [name, values[n]]));
    },
  };
}

function frequenciesOf({ classFrequencies }: TrainingPlan, labelsOfChannels: PlanNetwork["labelsOfChannels"]) {
  const frequencyOf = new Map(classFrequencies.map(({ id, frequency }) => [id, frequency]));
  return labelsOfChannels.map((ids) => ids.reduce((sum, id) => sum + (frequencyOf.get(id) ?? 0), 0));
}

/** The class that a region writes: the first of its own that no later region writes over. */
function classesOfRegions(regions: readonly (readonly number[])[]): readonly number[] {
  return regions.map((ids, n) => {
    const later = new Set(regions.slice(n + 1).flat());
    return ids.find((id) => !later.has(id)) ?? ids[0];
  });
}
