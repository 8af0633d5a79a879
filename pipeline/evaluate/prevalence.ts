import { labelExtentsOf } from "../kernels/label-extents.ts";
import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox, withMargin } from "../volume/box.ts";
import { type Grid, voxelCountOf } from "../volume/volume.ts";
import type { CountedLabels } from "./counted-labels.ts";

/** Where the prevalence of a class is taken. */
export type PrevalenceRegion =
  | { readonly kind: "whole" }
  /** Inside the patient: anything but 0 in the mask, and where the reference is. */
  | { readonly kind: "body"; readonly mask: Uint8Array }
  /** The box around the class in the reference, so much larger on each side. */
  | { readonly kind: "box"; readonly marginMm: number };

/** Share of the region that each class of the reference fills; a class that it lacks is left out. */
export function prevalencesOf(
  labels: CountedLabels,
  { region, grid }: { readonly region: PrevalenceRegion; readonly grid: Grid },
): ReadonlyMap<number, number> {
  const extents = labelExtentsOf(labels.reference, labels.shape);
  const sizeOf = regionSizes(labels, region, grid);
  return new Map([...extents].map(([id, { voxels, box }]) => [id, voxels / sizeOf(id, box)]));
}

/** Voxels of the region that belongs to a class. */
function regionSizes(labels: CountedLabels, region: PrevalenceRegion, grid: Grid): (id: number, box: Box) => number {
  if (region.kind === "whole") return () => labels.voxels;
  if (region.kind === "box") {
    const marginMm: Triple = [region.marginMm, region.marginMm, region.marginMm];
    return (_, box) => voxelCountOf(shapeOfBox(withMargin(box, { grid, marginMm })));
  }
  const body = region.mask.reduce((sum, inside) => (inside === 0 ? sum : sum + 1), 0);
  const outside = voxelsOutside(region.mask, labels.reference);
  return (id) => body + (outside.get(id) ?? 0);
}

/** Voxels of each label that a mask leaves out. */
function voxelsOutside(mask: Uint8Array, reference: CountedLabels["reference"]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < reference.length; i++)
    if (mask[i] === 0) counts.set(reference[i], (counts.get(reference[i]) ?? 0) + 1);
  return counts;
}
