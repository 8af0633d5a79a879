import { join } from "node:path";
import { followsValidation } from "../../models/losses/index.ts";
import type { Cell } from "../report/benchmark-results.ts";
import { canonicalHash } from "../train/canonical-hash.ts";
import type { CascadeConfig } from "../train/cascade/cascade-config.ts";
import { planCascade } from "../train/cascade/plan-cascade.ts";
import { chooseSplit } from "../train/plan/choose-split.ts";
import { makePlan } from "../train/plan/make-plan.ts";
import { assertPlanFits } from "../train/plan/plan-rules.ts";
import type { TrainingPlan } from "../train/plan-schema.ts";
import type { Split } from "../train/run-inputs.ts";
import { completeConfig, type PartialTrainingConfig, type TrainingConfig } from "../train/training-config.ts";
import { ConfigError } from "../volume/errors.ts";
import { cascadeFor } from "./cascade-for.ts";
import { type CellFolder, cellFolderAt } from "./cell-folder.ts";
import { type Method, methodsOf } from "./methods-of.ts";
import type { BenchmarkSpec } from "./spec-schema.ts";
import type { StudiedDataset } from "./study-dataset.ts";

/** One training of one method on one data set, with one fold held out, before it is run. */
export interface PlannedCell extends Cell {
  readonly study: StudiedDataset;
  readonly plan: TrainingPlan;
  /** Without the budget's say in the number of steps; of a cascade, the coarse network's. */
  readonly config: TrainingConfig;
  /** Where the method trains several networks. */
  readonly cascade?: CascadeConfig | undefined;
  readonly budget: BenchmarkSpec["budget"];
  readonly split: Split;
  /** Of all that its result depends on. */
  readonly hash: string;
  readonly place: CellFolder;
}

/** Raised whenever the same cell would come to other weights or other labels. */
const CELL_VERSION = 1;

/** Letters of a hash that name a folder. */
const NAME_LENGTH = 24;

const USUAL_SEEDS: readonly number[] = [1];

/**
 * Every cell of a benchmark: data sets, methods, folds, seeds, in this order.
 *
 * Errors: ConfigError T_FOLD for a fold that the cases are too few for; as `assertPlanFits`
 */
export function planCells(
  spec: BenchmarkSpec,
  { studies, out }: { readonly studies: readonly StudiedDataset[]; readonly out: string },
): readonly PlannedCell[] {
  const methods = methodsOf(spec);
  return studies.flatMap((study) =>
    methods.flatMap((method) => {
      const folds = study.spec.folds ?? study.folds.map((_, fold) => fold);
      return folds.flatMap((fold) => {
        const split = chooseSplit(study.dataset, { folds: study.folds, fold });
        return (spec.seeds ?? USUAL_SEEDS).map((seed): PlannedCell => {
          const { plan, config, cascade } = trainingOf(spec, { study, method, seed, split });
          const hash = cellHash({ study, plan, config, cascade, budget: spec.budget, split });
          return {
            dataset: study.spec.name,
            method: method.key,
            fold,
            seed,
            study,
            plan,
            config,
            ...(cascade === undefined ? {} : { cascade }),
            budget: spec.budget,
            split,
            hash,
            place: cellFolderAt(join(out, "cells", hash)),
          };
        });
      });
    }),
  );
}

interface TrainingOf {
  readonly study: StudiedDataset;
  readonly method: Method;
  readonly seed: number;
  readonly split: Split;
}

/** What a cell trains: one network, or a cascade, of which the coarse network stands for all. */
function trainingOf(
  spec: BenchmarkSpec,
  { study, method, seed, split }: TrainingOf,
): Pick<PlannedCell, "plan" | "config" | "cascade"> {
  const config = configFor(spec, { study, method, seed });
  const { steps } = config;
  const cascade = cascadeFor({ study, method, seed, config: givenFor(spec, { study, method }), steps });
  if (cascade === undefined) return { plan: planFor(study, method), config };
  const { dataset, fingerprint } = study;
  const { coarse } = planCascade({ dataset, fingerprint, config: cascade, split });
  return { plan: coarse.plan, config: { ...coarse.config, steps }, cascade };
}

function planFor({ spec, dataset, fingerprint }: StudiedDataset, { network }: Method): TrainingPlan {
  const plan = makePlan(fingerprint, dataset, { ...spec.plan, ...network.plan, network: network.settings });
  assertPlanFits(plan, dataset, `plan of ${network.name} for ${spec.name}`);
  return plan;
}

/** What a method trains with, farthest out to nearest. */
function givenFor(spec: BenchmarkSpec, { study, method }: Pick<TrainingOf, "study" | "method">): PartialTrainingConfig {
  const { network, training } = method;
  return { ...spec.config, ...study.spec.config, ...network.config, ...training.config, network: network.settings };
}

/** The last weights are delivered: the best would be chosen by the very cases that they are scored on. */
function configFor(spec: BenchmarkSpec, { study, method, seed }: Omit<TrainingOf, "split">): TrainingConfig {
  const { budget } = spec;
  const complete = completeConfig({
    ...givenFor(spec, { study, method }),
    ...("steps" in budget ? { steps: budget.steps } : {}),
    seed,
    deliver: "last",
  });
  if (followsValidation(complete.loss.terms)) throw leakError(method);
  return complete;
}

/** The held-out cases of a benchmark are those that it is scored on: no loss may see them. */
function leakError({ training }: Method): ConfigError {
  return new ConfigError({
    code: "B_LEAK",
    where: `training ${training.name}`,
    expected: "a loss that sees training cases alone",
    got: "dynamic-focal, which follows the Dice of the cases that are scored",
    next: 'Set its "follow" to "batches", or take the method dynamic-focal-batches',
  });
}

function cellHash({
  study,
  plan,
  config,
  cascade,
  budget,
  split,
}: Pick<PlannedCell, "study" | "plan" | "config" | "cascade" | "budget" | "split">): string {
  const { steps: _, ...settings } = config;
  const all = { version: CELL_VERSION, data: study.hash, plan, settings, cascade, budget, split };
  return canonicalHash(all).slice(0, NAME_LENGTH);
}
