import type { Static } from "@sinclair/typebox";
import { type Frozen, oneKind } from "../../bundle/schema-parts.ts";
import { classBalancedSampler, classBalancedSchema } from "./class-balanced.ts";
import { foregroundSampler, foregroundSchema } from "./foreground.ts";
import type { BatchCase, NamedClass, Sampler } from "./sampler.ts";

/** JSON Schema of sampling settings. */
export const samplingSchema = oneKind([foregroundSchema, classBalancedSchema], "Which patches are drawn.");

/** Sampling settings as a person gives them. */
export type SamplingSettings = Frozen<Static<typeof samplingSchema>>;

/** The sampler that settings describe. Errors: as the samplers say */
export function samplerFrom(
  settings: SamplingSettings,
  { cases, classes }: { readonly cases: readonly BatchCase[]; readonly classes: readonly NamedClass[] },
): Sampler {
  return settings.kind === "foreground"
    ? foregroundSampler(settings, { cases })
    : classBalancedSampler(settings, { cases, classes });
}
