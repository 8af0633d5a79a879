import { type CascadeConfig, completeCascade, type PartialCascadeConfig } from "../train/cascade/cascade-config.ts";
import { completeConfig, type PartialTrainingConfig } from "../train/training-config.ts";
import type { Method } from "./methods-of.ts";
import type { StudiedDataset } from "./study-dataset.ts";

/** Whose cascade it is. */
export interface CascadeForOptions {
  readonly study: StudiedDataset;
  readonly method: Method;
  readonly seed: number;
  /** What the method trains with but for what its cascade says. */
  readonly config: PartialTrainingConfig;
  /** Steps of all its networks together. */
  readonly steps: number;
}

/**
 * The cascade that a method trains: its networks share the steps of the budget in proportion to their own.
 *
 * Empty:  undefined where the method trains one network
 */
export function cascadeFor({ study, method, seed, config, steps }: CascadeForOptions): CascadeConfig | undefined {
  const { cascade } = method.training;
  if (cascade === undefined) return undefined;
  const { spacingMm, ...plan } = { ...study.spec.plan, ...method.network.plan };
  const finePlan = spacingMm === undefined ? plan : { ...plan, spacingMm };
  const whole = completeCascade({
    ...cascade,
    seed,
    coarse: {
      ...cascade.coarse,
      plan: { ...plan, ...cascade.coarse?.plan },
      config: { ...config, ...cascade.coarse?.config },
    },
    fine: { plan: { ...finePlan, ...cascade.fine?.plan }, config: { ...config, ...cascade.fine?.config } },
  });
  return withinSteps(whole, { steps, classes: study.dataset.classes.length });
}

type Stage = NonNullable<PartialCascadeConfig["stages"]>[number];

function withinSteps(
  whole: CascadeConfig,
  { steps, classes }: { readonly steps: number; readonly classes: number },
): CascadeConfig {
  const { coarse, fine } = whole;
  const own = {
    coarse: completeConfig(coarse.config).steps,
    fine: completeConfig(fine.config).steps,
    stage: ({ config }: Stage) => config?.steps ?? completeConfig(fine.config).steps,
  };
  const ofStages = whole.stages?.map(own.stage) ?? new Array<number>(classes).fill(own.fine);
  const all = (coarse.folds + 1) * own.coarse + ofStages.reduce((sum, each) => sum + each, 0);
  const scaled = <T extends PartialTrainingConfig>(config: T, mine: number) => ({
    ...config,
    steps: Math.max(1, Math.floor((mine * steps) / all)),
  });
  return {
    ...whole,
    coarse: { ...coarse, config: scaled(coarse.config, own.coarse) },
    fine: { ...fine, config: scaled(fine.config, own.fine) },
    ...(whole.stages === undefined
      ? {}
      : { stages: whole.stages.map((stage) => ({ ...stage, config: scaled({ ...stage.config }, own.stage(stage)) })) }),
  };
}
