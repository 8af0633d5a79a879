import { labelExtentsOf } from "../../kernels/label-extents.ts";
import { type CoarseLabels, foundBoxes, type RegionRule } from "../../stages/coarse-labels.ts";
import { spacingMmOf, type Triple } from "../../volume/affine.ts";
import { type Box, unionOf } from "../../volume/box.ts";
import type { LabelMap } from "../../volume/volume.ts";
import type { TurnedCase } from "../prepare/turned-case.ts";
import type { PlannedStage } from "./plan-cascade.ts";

/** Which components of what was found span a region. */
export type Keep = RegionRule["keep"];

/** Boxes by the name of the stage, in a turned case's voxels; left out where there is nothing. */
export type StageBoxes = Readonly<Record<string, Box>>;

/** What a coarse network that never saw a case makes of it, by either way to span regions. */
export interface LookedCase {
  readonly id: string;
  /** [D, H, W] of the turned case. */
  readonly shape: Triple;
  readonly spacingMm: Triple;
  readonly foundBy: Readonly<Record<Keep, StageBoxes>>;
  /** Around the true labels. */
  readonly truth: StageBoxes;
}

/** The same once it is settled what spans each region. */
export type FoundCase = Omit<LookedCase, "foundBy"> & { readonly found: StageBoxes };

/** Boxes around what was found and around what is there. */
export function lookedCase(
  { id, scan: { grid }, labels }: TurnedCase,
  { coarse, stages }: { readonly coarse: CoarseLabels; readonly stages: readonly PlannedStage[] },
): LookedCase {
  const spanned = (keep: Keep): StageBoxes => {
    const regions = stages.map(({ rule }): RegionRule => ({ ...rule, keep }));
    return Object.fromEntries(foundBoxes(coarse, { regions, grid }));
  };
  return {
    id,
    shape: grid.shape,
    spacingMm: spacingMmOf(grid.indexToLps),
    foundBy: { largest: spanned("largest"), all: spanned("all") },
    truth: trueBoxes(labels, stages),
  };
}

function trueBoxes({ data, shape }: LabelMap, stages: readonly PlannedStage[]): StageBoxes {
  const extents = labelExtentsOf(data, shape);
  return Object.fromEntries(
    stages.flatMap(({ name, classes }) => {
      const boxes = classes.flatMap(({ id }) => extents.get(id)?.box ?? []);
      return boxes.length === 0 ? [] : [[name, boxes.reduce(unionOf)]];
    }),
  );
}

/** A case with each stage's box spanned as it was settled. */
export function settledCase({ foundBy, ...rest }: LookedCase, keepOf: ReadonlyMap<string, Keep>): FoundCase {
  const found = [...keepOf].flatMap(([stage, keep]) => {
    const box = foundBy[keep][stage];
    return box === undefined ? [] : [[stage, box] as const];
  });
  return { ...rest, found: Object.fromEntries(found) };
}
