import {
  areaPercentile,
  countedPercentile,
  type DistanceTally,
  meanDistance,
  pooled,
  totalOf,
  within,
} from "../surface/distance-tally.ts";
import type { Weighting } from "../surface/surface-distances.ts";
import type { ClassFacts } from "./facts.ts";
import type { Metric } from "./metric.ts";

const byVoxels = "of boundary voxels (6-neighbourhood)";
const byArea = "of surface elements, weighted by area (as surface-distance of DeepMind)";

/** How far the two surfaces lie apart. */
export const surfaceMetrics: readonly Metric[] = [
  voxelDistance(
    "hd",
    `largest distance ${byVoxels}: Hausdorff distance`,
    largest((tally) => countedPercentile(tally, 100)),
  ),
  voxelDistance(
    "hd95",
    `larger of the two directed 95th percentiles ${byVoxels} (as MONAI and MetricsReloaded)`,
    largest((tally) => countedPercentile(tally, 95)),
  ),
  voxelDistance(
    "hd95-pooled",
    `95th percentile of both directions' distances together, ${byVoxels} (as MedPy)`,
    (there, back) => countedPercentile(pooled(there, back), 95),
  ),
  voxelDistance(
    "assd",
    `mean of both directions' distances together, ${byVoxels} (as MedPy and MetricsReloaded)`,
    (there, back) => meanDistance(pooled(there, back)),
  ),
  voxelDistance(
    "masd",
    `mean of the two directed mean distances ${byVoxels}`,
    (there, back) => (meanDistance(there) + meanDistance(back)) / 2,
  ),
  voxelDistance("asd-from-prediction", `mean distance from prediction to reference ${byVoxels}`, meanDistance),
  voxelDistance("asd-from-reference", `mean distance from reference to prediction ${byVoxels}`, (_, back) =>
    meanDistance(back),
  ),
  surfaceDice("nsd", `share of both surfaces within the tolerance of the other, ${byVoxels}`, "voxels"),
  areaDistance(
    "area-hd",
    `largest distance ${byArea}`,
    largest((tally) => areaPercentile(tally, 100)),
  ),
  areaDistance(
    "area-hd95",
    `larger of the two directed 95th percentiles ${byArea}`,
    largest((tally) => areaPercentile(tally, 95)),
  ),
  areaDistance("area-asd-from-prediction", `mean distance from prediction to reference ${byArea}`, meanDistance),
  areaDistance("area-asd-from-reference", `mean distance from reference to prediction ${byArea}`, (_, back) =>
    meanDistance(back),
  ),
  surfaceDice("area-nsd", `share of both surfaces within the tolerance of the other, ${byArea}`, "areas"),
];

type BothWays = (there: DistanceTally, back: DistanceTally) => number;

function voxelDistance(key: string, description: string, of: BothWays): Metric {
  return { ...distance(key, description), needs: "voxels", value: (facts) => ifBoth(facts, "voxels", of) };
}

function areaDistance(key: string, description: string, of: BothWays): Metric {
  return { ...distance(key, description), needs: "areas", value: (facts) => ifBoth(facts, "areas", of) };
}

function distance(key: string, description: string) {
  return { key, unit: "mm", better: "lower", description, best: 0, worst: "distance" } as const;
}

function surfaceDice(key: string, description: string, weighting: Weighting): Metric {
  return {
    key,
    needs: weighting,
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

/** A distance is not defined where one of the surfaces is not there. */
function ifBoth(facts: ClassFacts, weighting: Weighting, of: BothWays): number {
  const [there, back] = tallies(facts, weighting);
  return there.distances.length === 0 || back.distances.length === 0 ? Number.NaN : of(there, back);
}

const nothing: DistanceTally = { distances: new Float64Array(0), weights: new Float64Array(0) };

function tallies({ surface }: ClassFacts, weighting: Weighting): readonly [DistanceTally, DistanceTally] {
  return [surface[weighting]?.fromPrediction ?? nothing, surface[weighting]?.fromReference ?? nothing];
}
