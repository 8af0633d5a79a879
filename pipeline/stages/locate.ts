import type { BundleManifest } from "../bundle/manifest-schema.ts";
import type { Warning } from "../volume/scan.ts";
import { type ChosenRegion, chooseRegions } from "./choose-regions.ts";
import { type CoarseLabels, coarseLabels, foundBoxes } from "./coarse-labels.ts";
import type { PreparedScan } from "./prepare.ts";
import type { RunNetwork } from "./run-network.ts";

/** Where the fine networks look. */
export interface Located {
  readonly regions: readonly ChosenRegion[];
  /** What the locating network says; undefined where there is none. */
  readonly coarse: CoarseLabels | undefined;
  readonly warnings: readonly Warning[];
}

/**
 * Finds a box for each region with the coarse network, over the whole field of view at its low resolution.
 *
 * Empty:  a region of which nothing is found is where its priors say, with warning L_PRIOR, or the whole field of view, with
 *         warning L_NOT_FOUND
 */
export async function locate(
  prepared: PreparedScan,
  { manifest, run }: { readonly manifest: BundleManifest; readonly run: RunNetwork },
): Promise<Located> {
  const stage = manifest.stages.locate;
  if (stage === undefined) return { regions: [], coarse: undefined, warnings: [] };
  const coarse = await coarseLabels(prepared, { network: stage.network, manifest, run });
  const options = { regions: stage.regions, grid: prepared.grid };
  const regions = chooseRegions(foundBoxes(coarse, options), options);
  return { regions, coarse, warnings: [...coarse.warnings, ...regions.flatMap(fallbackWarning)] };
}

function fallbackWarning({ region: { name, classes }, source }: ChosenRegion): readonly Warning[] {
  if (source.kind === "found") return [];
  const where = `locate ${name}`;
  const found = `the coarse network found no ${classes.join(", ")}`;
  if (source.kind === "whole") {
    const text = `${found}; the fine network looks at the whole field of view`;
    return [{ code: "L_NOT_FOUND", where, text }];
  }
  const { prior } = source;
  const place = prior.kind === "near" ? `, measured from ${prior.region}` : " in the field of view";
  const text = `${found}; the fine network looks where it usually lies${place}`;
  return [{ code: "L_PRIOR", where, text }];
}
