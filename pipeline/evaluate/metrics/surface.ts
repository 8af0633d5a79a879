import {
  areaPercentile,
  countedPercentile,
  type DistanceTally,
  meanDistance,
  pooled,
  totalOf,
  within,
} from "../surface/distance-tally.ts";
import type { SurfaceDistances } from "../surface/surface-distances.ts";
import type { ClassFacts } from "./facts.ts";
import type { Metric } from "./metric.ts";

/** How a surface is taken: by its voxels, each counting one, or by its area. */
type Weighting = keyof SurfaceDistances["fromPrediction"];

const byVoxels = "of boundary voxels (6-neighbourhood)";
const byArea = "of surface elements, weighted by area (as surface-distance of DeepMind)";

/** How far the two surfaces lie apart. */
export const surfaceMetrics: readonly Metric[] = [
  distance(
    "hd",
    `largest distance ${byVoxels}: Hausdorff distance`,
    onVoxels(largest((tally) => countedPercentile(tally, 100))),
  ),
  distance(
    "hd95",
    `larger of the two directed 95th percentiles ${byVoxels} (as MONAI and MetricsReloaded)`,
    onVoxels(largest((tally) => countedPercentile(tally, 95))),
  ),
  distance(
    "hd95-pooled",
    `95th percentile of both directions' distances together, ${byVoxels} (as MedPy)`,
    onVoxels((there, back) => countedPercentile(pooled(there, back), 95)),
  ),
  distance(
    "assd",
    `mean of both directions' distances together, ${byVoxels} (as MedPy and MetricsReloaded)`,
    onVoxels((there, back) => meanDistance(pooled(there, back))),
  ),
  distance(
    "masd",
    `mean of the two directed mean distances ${byVoxels}`,
    onVoxels((there, back) => (meanDistance(there) + meanDistance(back)) / 2),
  ),
  distance("asd-from-prediction", `mean distance from prediction to reference ${byVoxels}`, onVoxels(meanDistance)),
  distance(
    "asd-from-reference",
    `mean distance from reference to prediction ${byVoxels}`,
    onVoxels((_, back) => meanDistance(back)),
  ),
  surfaceDice("nsd", `share of both surfaces within the tolerance of the other, ${byVoxels}`, "voxels"),
  distance("area-hd", `largest distance ${byArea}`, onAreas(largest((tally) => areaPercentile(tally, 100)))),
  distance(
    "area-hd95",
    `larger of the two directed 95th percentiles ${byArea}`,
    onAreas(largest((tally) => areaPercentile(tally, 95))),
  ),
  distance(
    "area-asd-from-prediction",
    `mean distance from prediction to reference ${byArea}`,
    onAreas((there) => meanDistance(there)),
  ),
  distance(
    "area-asd-from-reference",
    `mean distance from reference to prediction ${byArea}`,
    onAreas((_, back) => meanDistance(back)),
  ),
  surfaceDice("area-nsd", `share of both surfaces within the tolerance of the other, ${byArea}`, "areas"),
];

type BothWays = (there: DistanceTally, back: DistanceTally) => number;

function distance(key: string, description: string, value: Metric["value"]): Metric {
  return { key, needs: "surface", unit: "mm", better: "lower", description, best: 0, worst: "distance", value };
}

function surfaceDice(key: string, description: string, weighting: Weighting): Metric {
  return {
    key,
    needs: "surface",
    unit: "",
    better: "higher",
    description: `${description}: normalised surface Dice`,
    best: 1,
    worst: 0,
    value: (facts) => {
      const [there, back] = tallies(facts, weighting);
      const both = within(there, facts.toleranceMm) + within(back, facts.toleranceMm);
      return both / (totalOf(there) + totalOf(back));
    },
  };
}

function largest(of: (tally: DistanceTally) => number): BothWays {
  return (there, back) => Math.max(of(there), of(back));
}

function onVoxels(of: BothWays): Metric["value"] {
  return (facts) => ifBoth(facts, "voxels", of);
}

function onAreas(of: BothWays): Metric["value"] {
  return (facts) => ifBoth(facts, "areas", of);
}

/** A distance is not defined where one of the surfaces is not there. */
function ifBoth(facts: ClassFacts, weighting: Weighting, of: BothWays): number {
  const [there, back] = tallies(facts, weighting);
  return there.distances.length === 0 || back.distances.length === 0 ? Number.NaN : of(there, back);
}

const nothing: DistanceTally = { distances: new Float64Array(0), weights: new Float64Array(0) };

function tallies({ surface }: ClassFacts, weighting: Weighting): readonly [DistanceTally, DistanceTally] {
  return [surface?.fromPrediction[weighting] ?? nothing, surface?.fromReference[weighting] ?? nothing];
}
