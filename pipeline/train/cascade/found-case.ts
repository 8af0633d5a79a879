import { labelExtentsOf } from "../../kernels/label-extents.ts";
import { type CoarseLabels, foundBoxes, type RegionRule } from "../../stages/coarse-labels.ts";
import { spacingMmOf, type Triple } from "../../volume/affine.ts";
import { type Box, unionOf } from "../../volume/box.ts";
import type { LabelMap } from "../../volume/volume.ts";
import type { TurnedCase } from "../prepare/turned-case.ts";
import type { PlannedStage } from "./plan-cascade.ts";

/** Where a coarse network that never saw a case finds its structures, and where they are. */
export interface FoundCase {
  readonly id: string;
  /** [D, H, W] of the turned case. */
  readonly shape: Triple;
  readonly spacingMm: Triple;
  /** By the stage's name, in the turned case's voxels; left out where nothing was found. */
  readonly found: Readonly<Record<string, Box>>;
  /** The same of the true labels; left out where the case holds none. */
  readonly truth: Readonly<Record<string, Box>>;
}

/** Boxes around what was found and around what is there. */
export function foundCase(
  { id, scan: { grid }, labels }: TurnedCase,
  { coarse, stages }: { readonly coarse: CoarseLabels; readonly stages: readonly PlannedStage[] },
): FoundCase {
  const regions: readonly RegionRule[] = stages.map(({ rule }) => rule);
  return {
    id,
    shape: grid.shape,
    spacingMm: spacingMmOf(grid.indexToLps),
    found: Object.fromEntries(foundBoxes(coarse, { regions, grid })),
    truth: trueBoxes(labels, stages),
  };
}

function trueBoxes({ data, shape }: LabelMap, stages: readonly PlannedStage[]): Readonly<Record<string, Box>> {
  const extents = labelExtentsOf(data, shape);
  return Object.fromEntries(
    stages.flatMap(({ name, classes }) => {
      const boxes = classes.flatMap(({ id }) => extents.get(id)?.box ?? []);
      return boxes.length === 0 ? [] : [[name, boxes.reduce(unionOf)]];
    }),
  );
}
