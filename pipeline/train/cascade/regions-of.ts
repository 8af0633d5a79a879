import type { ManifestRegion } from "../../bundle/manifest-schema.ts";
import { chooseKeep } from "./choose-keep.ts";
import type { FoundCases } from "./coarse-stage.ts";
import { type FoundCase, type Keep, settledCase } from "./found-case.ts";
import { marginMm } from "./margin-rule.ts";
import type { PlannedCascade } from "./plan-cascade.ts";
import { priorsOf } from "./prior-rule.ts";

/** The region of each stage, and what was found for it in each case. */
export interface SettledRegions {
  readonly regions: readonly ManifestRegion[];
  readonly cases: ReadonlyMap<string, FoundCase>;
}

/** The region of each stage, by what coarse networks find in training cases that they did not learn from. */
export function regionsOf(
  { coarse, stages, config }: Pick<PlannedCascade, "coarse" | "stages" | "config">,
  { training, heldOut }: Pick<FoundCases, "training" | "heldOut">,
): SettledRegions {
  const { keep, cover, leastMm: least, mostMm, widen } = config.regions;
  const [d, h, w] = coarse.plan.spacingMm;
  const leastMm = least === undefined ? ([d, h, w] as const) : ([least, least, least] as const);
  const bounds = { cover, leastMm, mostMm };
  const keepOf = new Map(
    stages.map(({ name }): readonly [string, Keep] => [
      name,
      keep === "tighter" ? chooseKeep(training, { stage: name, ...bounds }) : keep,
    ]),
  );
  const learnt = training.map((each) => settledCase(each, keepOf));
  const anchors = stages.map(({ name }) => name);
  const regions = stages.map(({ name, rule }): ManifestRegion => {
    const priors = priorsOf(learnt, { stage: name, anchors, cover, growMm: leastMm });
    return {
      ...rule,
      keep: keepOf.get(name) ?? "all",
      marginMm: marginMm(learnt, { stage: name, ...bounds }),
      ...(priors.length === 0 ? {} : { priors }),
      widen,
    };
  });
  const all = [...learnt, ...heldOut.map((each) => settledCase(each, keepOf))];
  return { regions, cases: new Map(all.map((each) => [each.id, each])) };
}
