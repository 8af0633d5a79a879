import type { BundleManifest } from "../bundle/manifest-schema.ts";
import type { Warning } from "../volume/scan.ts";
import type { LabelMap } from "../volume/volume.ts";
import type { RegionSource } from "./choose-regions.ts";
import { claimsOn, weighsProbabilities } from "./claims.ts";
import type { Located } from "./locate.ts";
import type { PreparedScan } from "./prepare.ts";
import type { RunNetwork } from "./run-network.ts";
import { type SegmentedRegion, segmentRegion } from "./segment-region.ts";

type SegmentEntry = BundleManifest["stages"]["segment"][number];

/** A label map on the prepared scan's grid. */
export interface Segmented {
  readonly labels: LabelMap;
  /** One per entry that looks in a region. */
  readonly regions: readonly RegionOutcome[];
  readonly warnings: readonly Warning[];
}

/** What became of a region. */
export interface RegionOutcome {
  readonly name: string;
  readonly network: string;
  /** How its place was told. */
  readonly source: RegionSource["kind"];
  /** Times it was widened because a structure ran out of it. */
  readonly widenings: number;
  /** Whether one still does. */
  readonly isCut: boolean;
}

/**
 * Runs the fine networks, each over its region, and lays their labels together in the manifest's order.
 *
 * A region out of whose box a structure seems to run is widened and segmented again, with warning R_WIDENED; where one still
 * does after the last time the result carries warning R_CUT.
 */
export async function segment(
  prepared: PreparedScan,
  {
    manifest,
    located,
    run,
  }: { readonly manifest: BundleManifest; readonly located: Located; readonly run: RunNetwork },
): Promise<Segmented> {
  const { shape, indexToLps } = prepared.grid;
  const claims = claimsOn({ shape, manifest, coarse: located.coarse });
  const withProbabilities = weighsProbabilities(manifest);
  const regions: RegionOutcome[] = [];
  const warnings: Warning[] = [];
  for (const entry of manifest.stages.segment) {
    const region = located.regions.find((each) => each.region.name === entry.region);
    const ids = idsOf(entry, manifest);
    const found = await segmentRegion(prepared, { entry, region, ids, withProbabilities, run });
    claims.put({ ...found, ids });
    const { widenings, isCut } = found;
    if (region !== undefined)
      regions.push({ name: region.region.name, network: entry.network, source: region.source.kind, widenings, isCut });
    warnings.push(...found.warnings, ...edgeWarnings(entry, found));
  }
  return { labels: { data: claims.labels, shape, indexToLps }, regions, warnings };
}

/** Ids that an entry may write. */
function idsOf({ classes }: SegmentEntry, manifest: BundleManifest): ReadonlySet<number> {
  return new Set(manifest.classes.filter(({ name }) => classes?.includes(name) ?? true).map(({ id }) => id));
}

function edgeWarnings({ network, region }: SegmentEntry, { widenings, isCut }: SegmentedRegion): readonly Warning[] {
  const where = `segment ${region}`;
  const times = `${widenings} ${widenings === 1 ? "time" : "times"}`;
  if (isCut) {
    const text = `what network ${network} found reaches the edge of its region, widened ${times}; it may be cut off`;
    return [{ code: "R_CUT", where, text }];
  }
  if (widenings === 0) return [];
  const text = `what network ${network} found reached the edge of its region, which was widened ${times}`;
  return [{ code: "R_WIDENED", where, text }];
}
