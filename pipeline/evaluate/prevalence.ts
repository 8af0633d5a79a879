import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox, withMargin } from "../volume/box.ts";
import { ShapeError } from "../volume/errors.ts";
import { type Grid, type LabelArray, voxelCountOf } from "../volume/volume.ts";
import type { ClassOverlap } from "./class-overlaps.ts";
import type { LabelRuns } from "./label-runs.ts";

/** Where the prevalence of a class is taken. */
export type PrevalenceRegion =
  | { readonly kind: "whole" }
  /** Inside the patient: anything but 0 in the mask, and where the class is. */
  | { readonly kind: "body"; readonly mask: Uint8Array }
  /** The box around the class in the reference, so much larger on each side. */
  | { readonly kind: "box"; readonly marginMm: number };

/** What prevalences are taken from. */
export interface PrevalenceSources {
  readonly overlaps: ReadonlyMap<number, ClassOverlap>;
  readonly reference: LabelRuns;
  readonly grid: Grid;
  /** 1 where a voxel does not count. */
  readonly ignored: Uint8Array | undefined;
}

/**
 * Share of the region that each class of the reference fills; a class that it lacks is left out.
 *
 * Errors: ShapeError E_REGION for a body mask of another size
 */
export function prevalencesOf(sources: PrevalenceSources, region: PrevalenceRegion): ReadonlyMap<number, number> {
  const sizeOf = regionSizes(sources, region);
  const present = [...sources.overlaps].filter(([, { reference }]) => reference > 0);
  return new Map(present.map(([id, overlap]) => [id, overlap.reference / sizeOf(id, overlap.referenceBox)]));
}

/** Voxels that count in the region that belongs to a class. */
function regionSizes(
  { reference, grid, ignored }: PrevalenceSources,
  region: PrevalenceRegion,
): (id: number, box: Box) => number {
  if (region.kind === "box") {
    const marginMm: Triple = [region.marginMm, region.marginMm, region.marginMm];
    return (_, box) => countedIn(withMargin(box, { grid, marginMm }), { shape: grid.shape, ignored });
  }
  if (region.kind === "whole") {
    const voxels = countedIn({ start: [0, 0, 0], stop: grid.shape }, { shape: grid.shape, ignored });
    return () => voxels;
  }
  assertSize(region.mask, reference.data);
  let body = 0;
  for (let i = 0; i < region.mask.length; i++) if (region.mask[i] !== 0 && ignored?.[i] !== 1) body++;
  const outside = voxelsOutside(region.mask, reference);
  return (id) => body + (outside.get(id) ?? 0);
}

function countedIn(
  box: Box,
  { shape: [, height, width], ignored }: { readonly shape: Triple; readonly ignored: Uint8Array | undefined },
): number {
  let voxels = voxelCountOf(shapeOfBox(box));
  if (ignored === undefined) return voxels;
  for (let d = box.start[0]; d < box.stop[0]; d++)
    for (let h = box.start[1]; h < box.stop[1]; h++)
      for (let w = box.start[2]; w < box.stop[2]; w++) voxels -= ignored[(d * height + h) * width + w];
  return voxels;
}

/** Voxels of each class that a mask leaves out. */
function voxelsOutside(mask: Uint8Array, { runs, ids }: LabelRuns): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let run = 0; run < ids.length; run++) {
    let outside = 0;
    for (let i = runs.start[run]; i < runs.stop[run]; i++) if (mask[i] === 0) outside++;
    if (outside > 0) counts.set(ids[run], (counts.get(ids[run]) ?? 0) + outside);
  }
  return counts;
}

function assertSize(mask: Uint8Array, reference: LabelArray): void {
  if (mask.length === reference.length) return;
  throw new ShapeError({
    code: "E_REGION",
    where: "body mask",
    expected: `${reference.length} voxels, as the reference has`,
    got: `${mask.length}`,
    next: "Pass a mask on the reference's grid",
  });
}
