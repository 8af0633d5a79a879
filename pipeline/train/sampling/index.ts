import type { Static } from "@sinclair/typebox";
import { type Frozen, oneKind } from "../../bundle/schema-parts.ts";
import { classBalancedSampler, classBalancedSchema } from "./class-balanced.ts";
import { foregroundSampler, foregroundSchema } from "./foreground.ts";
import { hamrSampler, hamrSchema } from "./hamr/hamr.ts";
import type { BatchCase, NamedClass, Sampler } from "./sampler.ts";

/** JSON Schema of sampling settings. */
export const samplingSchema = oneKind([foregroundSchema, classBalancedSchema, hamrSchema], "Which patches are drawn.");

/** Sampling settings as a person gives them. */
export type SamplingSettings = Frozen<Static<typeof samplingSchema>>;

/** What a sampler chooses from. */
export interface SamplerInput {
  readonly cases: readonly BatchCase[];
  readonly classes: readonly NamedClass[];
  /** Chances of everything that patches are drawn around, where training has found any. */
  readonly chances?: () => Float32Array | undefined;
}

type Builders = {
  readonly [K in SamplingSettings["kind"]]: (
    settings: Extract<SamplingSettings, { kind: K }>,
    input: SamplerInput,
  ) => Sampler;
};

const builders: Builders = {
  foreground: foregroundSampler,
  "class-balanced": classBalancedSampler,
  hamr: (_settings, { chances = () => undefined, ...choices }) => hamrSampler(choices, chances),
};

/** The sampler that settings describe. Errors: as the samplers say */
export function samplerFrom(settings: SamplingSettings, input: SamplerInput): Sampler {
  const build = builders[settings.kind] as (settings: SamplingSettings, input: SamplerInput) => Sampler;
  return build(settings, input);
}

/** Whether a sampler is told what came of each patch. */
export function followsPatches(settings: SamplingSettings): boolean {
  return settings.kind === "hamr";
}
