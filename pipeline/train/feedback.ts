import { CLASS_DICE, followedValidation } from "../../models/losses/dynamic-focal.ts";
import { followsValidation } from "../../models/losses/index.ts";
import type { StepResult } from "../runtime/training-session.ts";
import type { Batch } from "./sampling/batch.ts";
import { hardnessOf } from "./sampling/hamr/hardness.ts";
import { patchItems } from "./sampling/hamr/patch-items.ts";
import type { BatchCase, NamedClass } from "./sampling/sampler.ts";
import type { TrainingConfig } from "./training-config.ts";

/** What a run learns of itself and acts on: a loss that follows validations, a sampler that follows patches. */
export interface Feedback {
  noteStep(batch: Batch, result: StepResult): void;
  /** What is carried after a validation, `undefined` where nothing of it changes; chances are set anew. */
  afterValidation(
    carried: ReadonlyMap<string, Float32Array>,
    dice: ReadonlyMap<number, number>,
  ): ReadonlyMap<string, Float32Array> | undefined;
  /** For the batches to come; `undefined` for samplers that follow nothing. */
  chances(): Float32Array | undefined;
  /** For a checkpoint; `undefined` where there is nothing to remember. */
  toText(): string | undefined;
}

/** What feedback is about. */
export interface FeedbackSubject {
  readonly config: TrainingConfig;
  /** That batches are made of, in the order in which they are. */
  readonly cases: readonly BatchCase[];
  readonly classes: readonly NamedClass[];
  /** Class that each output channel writes, 0 for background. */
  readonly classIds: readonly number[];
}

/** The feedback that settings ask for, from what a checkpoint remembers of it. */
export function feedbackFor({ config, cases, classes, classIds }: FeedbackSubject, text?: string): Feedback {
  const { sampling, loss } = config;
  const hardness =
    sampling.kind === "hamr" ? hardnessOf(patchItems({ cases, classes }).length, sampling, text) : undefined;
  const follows = followsValidation(loss.terms);
  return {
    noteStep: ({ items }, { patches }) => {
      if (items !== undefined && patches !== undefined) hardness?.note(items, patches);
    },
    afterValidation: (carried, dice) => {
      hardness?.refresh();
      const former = carried.get(CLASS_DICE);
      if (!follows || former === undefined) return undefined;
      return new Map(carried).set(CLASS_DICE, followedValidation(former, { classIds, dice }));
    },
    chances: () => hardness?.chances(),
    toText: () => hardness?.toText(),
  };
}
