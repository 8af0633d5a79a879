import { join } from "node:path";
import { followsValidation } from "../../models/losses/index.ts";
import type { Cell } from "../report/benchmark-results.ts";
import { canonicalHash } from "../train/canonical-hash.ts";
import { chooseSplit } from "../train/plan/choose-split.ts";
import { makePlan } from "../train/plan/make-plan.ts";
import { assertPlanFits } from "../train/plan/plan-rules.ts";
import type { TrainingPlan } from "../train/plan-schema.ts";
import type { Split } from "../train/run-inputs.ts";
import { completeConfig, type TrainingConfig } from "../train/training-config.ts";
import { ConfigError } from "../volume/errors.ts";
import { type CellFolder, cellFolderAt } from "./cell-folder.ts";
import { type Method, methodsOf } from "./methods-of.ts";
import type { BenchmarkSpec } from "./spec-schema.ts";
import type { StudiedDataset } from "./study-dataset.ts";

/** One training of one method on one data set, with one fold held out, before it is run. */
export interface PlannedCell extends Cell {
  readonly study: StudiedDataset;
  readonly plan: TrainingPlan;
  /** Without the budget's say in the number of steps. */
  readonly config: TrainingConfig;
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
      const plan = planFor(study, method);
      const folds = study.spec.folds ?? study.folds.map((_, fold) => fold);
      return folds.flatMap((fold) => {
        const split = chooseSplit(study.dataset, { folds: study.folds, fold });
        return (spec.seeds ?? USUAL_SEEDS).map((seed): PlannedCell => {
          const config = configFor(spec, { study, method, seed });
          const hash = cellHash({ study, plan, config, budget: spec.budget, split });
          return {
            dataset: study.spec.name,
            method: method.key,
            fold,
            seed,
            study,
            plan,
            config,
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

function planFor({ spec, dataset, fingerprint }: StudiedDataset, { network }: Method): TrainingPlan {
  const plan = makePlan(fingerprint, dataset, { ...spec.plan, ...network.plan, network: network.settings });
  assertPlanFits(plan, dataset, `plan of ${network.name} for ${spec.name}`);
  return plan;
}

/** The last weights are delivered: the best would be chosen by the very cases that they are scored on. */
function configFor(
  { config, budget }: BenchmarkSpec,
  { study, method, seed }: { readonly study: StudiedDataset; readonly method: Method; readonly seed: number },
): TrainingConfig {
  const complete = completeConfig({
    ...config,
    ...study.spec.config,
    ...method.network.config,
    ...method.training.config,
    network: method.network.settings,
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
  budget,
  split,
}: Pick<PlannedCell, "study" | "plan" | "config" | "budget" | "split">): string {
  const { steps: _, ...settings } = config;
  const all = { version: CELL_VERSION, data: study.hash, plan, settings, budget, split };
  return canonicalHash(all).slice(0, NAME_LENGTH);
}
