import type { ManifestRegion } from "../../bundle/manifest-schema.ts";
import type { FoundCase } from "./found-case.ts";
import { marginMm } from "./margin-rule.ts";
import type { PlannedCascade } from "./plan-cascade.ts";
import { priorsOf } from "./prior-rule.ts";

/** The region of each stage, by what a coarse network finds in cases that it did not learn from. */
export function regionsOf(
  { coarse, stages, config }: Pick<PlannedCascade, "coarse" | "stages" | "config">,
  cases: readonly FoundCase[],
): readonly ManifestRegion[] {
  const { cover, leastMm: least, mostMm, widen } = config.regions;
  const [d, h, w] = coarse.plan.spacingMm;
  const leastMm = least === undefined ? ([d, h, w] as const) : ([least, least, least] as const);
  const anchors = stages.map(({ name }) => name);
  return stages.map(({ name, rule }) => {
    const priors = priorsOf(cases, { stage: name, anchors, cover, growMm: leastMm });
    return {
      ...rule,
      marginMm: marginMm(cases, { stage: name, cover, leastMm, mostMm }),
      ...(priors.length === 0 ? {} : { priors }),
      widen,
    };
  });
}
