import type { ManifestRegion, RegionPrior } from "../bundle/manifest-schema.ts";
import { spacingMmOf, type Triple } from "../volume/affine.ts";
import { type Box, clippedBox, isEmptyBox, wholeBox, withMargin } from "../volume/box.ts";
import type { Grid } from "../volume/volume.ts";

/** How a region's place was told: by what was found, by one of its priors, or not at all. */
export type RegionSource =
  | { readonly kind: "found" }
  | { readonly kind: "prior"; readonly prior: RegionPrior }
  | { readonly kind: "whole" };

/** Where a fine network looks, and why there. */
export interface ChosenRegion {
  readonly region: ManifestRegion;
  /** In the prepared scan's voxels. */
  readonly box: Box;
  readonly source: RegionSource;
}

/**
 * A box for each region: what was found with the region's margin, else its first prior that can be told, else the whole
 * field of view.
 *
 * Shape:  `found` holds boxes of the grid's voxels by the names of regions -> one box per region, none of them empty
 */
export function chooseRegions(
  found: ReadonlyMap<string, Box>,
  { regions, grid }: { readonly regions: readonly ManifestRegion[]; readonly grid: Grid },
): readonly ChosenRegion[] {
  return regions.map((region) => {
    const { name, marginMm, priors = [] } = region;
    const box = found.get(name);
    if (box !== undefined) return { region, box: withMargin(box, { grid, marginMm }), source: { kind: "found" } };
    for (const prior of priors) {
      const usual = priorBox(prior, { found, grid });
      if (usual !== undefined) return { region, box: usual, source: { kind: "prior", prior } };
    }
    return { region, box: wholeBox(grid.shape), source: { kind: "whole" } };
  });
}

/** Undefined where it cannot be told, or lies outside the field of view. */
function priorBox(
  prior: RegionPrior,
  { found, grid }: { readonly found: ReadonlyMap<string, Box>; readonly grid: Grid },
): Box | undefined {
  const faces = prior.kind === "field" ? fieldFaces(prior, grid) : nearFaces(prior, found.get(prior.region), grid);
  if (faces === undefined) return undefined;
  const outwards = {
    start: perAxis((axis) => Math.floor(faces.start[axis])),
    stop: perAxis((axis) => Math.ceil(faces.stop[axis])),
  };
  const box = clippedBox(outwards, grid.shape);
  return isEmptyBox(box) ? undefined : box;
}

function fieldFaces({ start, stop }: Extract<RegionPrior, { kind: "field" }>, { shape }: Grid): Box {
  return { start: perAxis((axis) => start[axis] * shape[axis]), stop: perAxis((axis) => stop[axis] * shape[axis]) };
}

function nearFaces(
  { startMm, stopMm }: Extract<RegionPrior, { kind: "near" }>,
  anchor: Box | undefined,
  { indexToLps }: Grid,
): Box | undefined {
  if (anchor === undefined) return undefined;
  const spacing = spacingMmOf(indexToLps);
  const from = (offsetsMm: Triple) =>
    perAxis((axis) => (anchor.start[axis] + anchor.stop[axis]) / 2 + offsetsMm[axis] / spacing[axis]);
  return { start: from(startMm), stop: from(stopMm) };
}

function perAxis(value: (axis: number) => number): Triple {
  return [value(0), value(1), value(2)];
}
