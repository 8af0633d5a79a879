import type { Network } from "../../models/architectures/architecture.ts";
import { type NetworkSettings, networkFrom } from "../../models/architectures/index.ts";
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
  return {
    network: networkFrom(settings, { stages, outputs: labelsOfChannels.length, heads }),
    channels: input.channels.length,
    sides: own(patch),
    output: {
      kind: regions === undefined ? "logits" : "sigmoid-logits",
      classIds: regions === undefined ? labelsOfChannels.flat() : classesOfRegions(labelsOfChannels),
    },
    activation: regions === undefined ? "softmax" : "sigmoid",
    labelsOfChannels,
  };
}

/** The class that a region writes: the first of its own that no later region writes over. */
function classesOfRegions(regions: readonly (readonly number[])[]): readonly number[] {
  return regions.map((ids, n) => {
    const later = new Set(regions.slice(n + 1).flat());
    return ids.find((id) => !later.has(id)) ?? ids[0];
  });
}
