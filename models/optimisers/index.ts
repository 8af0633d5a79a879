import { type Static, Type } from "@sinclair/typebox";
import { adam, adamW } from "./adam.ts";
import type { Optimiser } from "./optimiser.ts";
import { constant, cosine, poly, type Schedule, warmedUp } from "./schedules.ts";
import { sgd } from "./sgd.ts";

const share = (description: string) => Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1, description }));
const adamFields = {
  beta1: share("Decay of the mean of the gradient; default 0.9."),
  beta2: share("Decay of the mean of its square; default 0.999."),
  epsilon: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: "Default 1e-8." })),
};
const closed = (description: string) => ({ additionalProperties: false, description });

/** Schemas of the settings of every optimiser, told apart by `kind`. */
export const optimiserSchemas = [
  Type.Object(
    {
      kind: Type.Literal("sgd"),
      momentum: share("Default 0.99, as in nnU-Net."),
      nesterov: Type.Optional(Type.Boolean({ description: "Default true." })),
    },
    closed("Gradient descent with momentum; decay is added to the gradient."),
  ),
  Type.Object({ kind: Type.Literal("adam"), ...adamFields }, closed("Adam; decay is added to the gradient.")),
  Type.Object({ kind: Type.Literal("adamw"), ...adamFields }, closed("Adam with decay of the weights themselves.")),
] as const;

/** An optimiser's name and settings. */
export type OptimiserSettings = Static<(typeof optimiserSchemas)[number]>;

/** The optimiser that settings describe. */
export function optimiserFrom(settings: OptimiserSettings): Optimiser {
  if (settings.kind === "sgd") return sgd(settings);
  return settings.kind === "adam" ? adam(settings) : adamW(settings);
}

/** Schemas of the settings of every schedule, told apart by `kind`. */
export const scheduleSchemas = [
  Type.Object({ kind: Type.Literal("constant") }, closed("The same rate throughout.")),
  Type.Object(
    {
      kind: Type.Literal("poly"),
      power: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10, description: "Default 0.9." })),
    },
    closed("(1 - step / steps)^power, as in nnU-Net."),
  ),
  Type.Object(
    {
      kind: Type.Literal("cosine"),
      floor: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1, description: "Share of the rate at the end; default 0." }),
      ),
    },
    closed("Half a cosine."),
  ),
] as const;

/** A schedule's name and settings. */
export type ScheduleSettings = Static<(typeof scheduleSchemas)[number]>;

/** The schedule that settings describe, over all steps, the first of them a linear rise. */
export function scheduleFrom(
  settings: ScheduleSettings,
  { steps, warmUpSteps }: { readonly steps: number; readonly warmUpSteps: number },
): Schedule {
  const own = { steps: Math.max(1, steps - warmUpSteps) };
  const after = { constant: () => constant, poly, cosine }[settings.kind]({ ...settings, ...own });
  return warmUpSteps === 0 ? after : warmedUp(after, { steps: warmUpSteps });
}
