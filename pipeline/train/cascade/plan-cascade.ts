import { followsValidation } from "../../../models/losses/index.ts";
import type { RegionRule } from "../../stages/coarse-labels.ts";
import type { Triple } from "../../volume/affine.ts";
import { ConfigError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import type { TrainingDataset } from "../dataset/training-dataset.ts";
import { slugOf } from "../deliver-bundle.ts";
import type { Fingerprint } from "../plan/fingerprint.ts";
import { coarsestFirst, makePlan } from "../plan/make-plan.ts";
import type { PlanOptions } from "../plan/plan-options.ts";
import { medianOf, targetSpacing } from "../plan/target-spacing.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import type { Split } from "../run-inputs.ts";
import { completeConfig, type PartialTrainingConfig, type TrainingConfig } from "../training-config.ts";
import type { CascadeConfig } from "./cascade-config.ts";

/** All that a cascade's result depends on. */
export interface CascadeInputs {
  /** The cases that can be used. */
  readonly dataset: TrainingDataset;
  readonly fingerprint: Fingerprint;
  readonly config: CascadeConfig;
  readonly split: Split;
}

/** The networks of a cascade before any is trained. */
export type PlannedCascade = CascadeInputs & {
  readonly coarse: { readonly plan: TrainingPlan; readonly config: TrainingConfig };
  readonly stages: readonly PlannedStage[];
};

/** A fine network; its plan waits until its regions are known. */
export interface PlannedStage {
  readonly name: string;
  readonly classes: readonly LabelClass[];
  readonly options: PlanOptions & { readonly spacingMm: Triple };
  readonly config: TrainingConfig;
  /** Which voxels of the coarse network its region is about, but for the components that span it. */
  readonly rule: Omit<RegionRule, "keep">;
}

/** Name of the network that sees the whole field of view. */
export const COARSE = "coarse";

/**
 * Plans the coarse network and says what each stage is to find.
 *
 * Errors: ConfigError C_CASCADE for stages that do not fit the data set
 */
export function planCascade(inputs: CascadeInputs): PlannedCascade {
  const { dataset, config } = inputs;
  if (dataset.regions !== undefined)
    throw cascadeError(dataset.path, "a data set in which every voxel has one class", "targets that overlap");
  const stages =
    config.stages ?? dataset.classes.map(({ name }): StageSettings => ({ name: slugOf(name), classes: [name] }));
  assertStages(stages, dataset);
  const options = [config.coarse.plan, ...stages.map((stage) => fineOptions(config, stage))];
  const fingerprint = axesFor(options, inputs.fingerprint);
  const spacingMm = config.fine.plan.spacingMm ?? targetSpacing(fingerprint.cases);
  const settings = (given: PartialTrainingConfig) => unleaking({ ...given, seed: config.seed, deliver: "last" });
  const coarse = settings(config.coarse.config);
  const { network } = coarse;
  const ids = new Set(inputs.split.training);
  const learnt = fingerprint.cases.filter(({ id }) => ids.has(id));
  const coarseOptions = { spacingMm: coarseSpacing(spacingMm, config.coarse.shrink), ...config.coarse.plan, network };
  return {
    ...inputs,
    fingerprint,
    coarse: { plan: makePlan(fingerprint, dataset, coarseOptions), config: coarse },
    stages: stages.map((stage) => {
      const classes = dataset.classes.filter(({ name }) => stage.classes.includes(name));
      const minimumMl = config.regions.minimumShare * medianMl(classes, learnt);
      return {
        name: stage.name,
        classes,
        options: { spacingMm, ...fineOptions(config, stage) },
        config: settings({ ...config.fine.config, ...stage.config }),
        rule: { name: stage.name, classes: stage.classes, minimumMl },
      };
    }),
  };
}

/** Regions tell how a network does on cases that it has not seen: no loss may look at these. */
function unleaking(given: PartialTrainingConfig): TrainingConfig {
  const config = completeConfig(given);
  if (followsValidation(config.loss.terms))
    throw cascadeError("loss", "losses that see training cases alone", "one that follows the Dice of held-out ones");
  return config;
}

type StageSettings = NonNullable<CascadeConfig["stages"]>[number];

function fineOptions({ fine }: CascadeConfig, stage: StageSettings): PlanOptions {
  return { ...fine.plan, ...stage.plan };
}

/** One bundle turns a scan's axes one way: where any network looks at slices, they come first for all. */
function axesFor(options: readonly PlanOptions[], fingerprint: Fingerprint): Fingerprint {
  const isFlat = fingerprint.cases.every(({ shape }) => shape[0] === 1);
  return !isFlat && options.some(({ dimensions }) => dimensions === 2) ? coarsestFirst(fingerprint) : fingerprint;
}

/**
 * The spacing of the coarse network: at least `shrink` times the finest side along each axis.
 *
 * Axes of thick slices stay as they are until the others are as coarse.
 */
export function coarseSpacing(spacingMm: Triple, shrink: number): Triple {
  const least = shrink * Math.min(...spacingMm);
  const along = (axis: number) => Math.max(spacingMm[axis], least);
  return [along(0), along(1), along(2)];
}

/** Median volume of several classes together over the cases that hold any; 0 where none does. */
function medianMl(classes: readonly LabelClass[], cases: Fingerprint["cases"]): number {
  const ids = new Set(classes.map(({ id }) => id));
  const volumes = cases.map(({ voxels, spacingMm: [d, h, w] }) => {
    const count = voxels.reduce((sum, [id, more]) => sum + (ids.has(id) ? more : 0), 0);
    return (count * d * h * w) / 1000;
  });
  const present = volumes.filter((volume) => volume > 0);
  return present.length === 0 ? 0 : medianOf(present);
}

function assertStages(stages: readonly StageSettings[], { classes, path }: TrainingDataset): void {
  const names = stages.map(({ name }) => name);
  const repeated = names.find((name, n) => name === COARSE || names.indexOf(name) < n);
  if (repeated !== undefined)
    throw cascadeError("stages", `a name of its own for each stage, and not ${COARSE}`, repeated);
  const legal = classes.map(({ name }) => name);
  const wanted = stages.flatMap((stage) => stage.classes);
  const stranger = wanted.find((name, n) => !legal.includes(name) || wanted.indexOf(name) < n);
  if (stranger !== undefined)
    throw cascadeError("stages", `each class of ${path} at most once (${legal.join(", ")})`, stranger);
}

function cascadeError(where: string, expected: string, got: string): ConfigError {
  const next = "Correct the settings of the cascade, or train one network";
  return new ConfigError({ code: "C_CASCADE", where, expected, got, next });
}
