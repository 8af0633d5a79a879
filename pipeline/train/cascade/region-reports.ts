import type { ManifestRegion } from "../../bundle/manifest-schema.ts";
import type { CropFacts, RegionRecall } from "./crop-case.ts";

/** A region, and how well it takes its structure in. */
export interface RegionReport {
  readonly region: ManifestRegion;
  /** Regions of networks that did not see the case. */
  readonly training: RecallSummary;
  /** Of cases that nothing was learnt from. */
  readonly heldOut: RecallSummary;
}

/** Recall of a region over cases: the share of a structure's voxels that lie inside. */
export interface RecallSummary {
  /** Cases by how the region's place was told. */
  readonly found: number;
  readonly prior: number;
  readonly whole: number;
  /** Cases that hold the structure; the rest is about these. */
  readonly holders: number;
  /** Cases in which all of it lies inside. */
  readonly complete: number;
  /** Null where no case holds it. */
  readonly meanShare: number | null;
  readonly leastShare: number | null;
}

/** What became of each region, before any fine network ran in it. */
export function regionReports(
  regions: readonly ManifestRegion[],
  { recalls }: Pick<CropFacts, "recalls">,
): readonly RegionReport[] {
  return regions.map((region) => {
    const own = recalls.filter(({ stage }) => stage === region.name);
    return {
      region,
      training: summaryOf(own.filter(({ isHeldOut }) => !isHeldOut)),
      heldOut: summaryOf(own.filter(({ isHeldOut }) => isHeldOut)),
    };
  });
}

function summaryOf(recalls: readonly RegionRecall[]): RecallSummary {
  const told = (kind: RegionRecall["source"]) => recalls.filter(({ source }) => source === kind).length;
  const shares = recalls.flatMap(({ share }) => share ?? []);
  const holders = shares.length;
  return {
    found: told("found"),
    prior: told("prior"),
    whole: told("whole"),
    holders,
    complete: shares.filter((share) => share === 1).length,
    meanShare: holders === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / holders,
    leastShare: holders === 0 ? null : Math.min(...shares),
  };
}
