import type { Triple } from "../../volume/affine.ts";
import { isEmptyBox, shapeOfBox } from "../../volume/box.ts";
import type { Random } from "../../volume/random.ts";
import { augmentInto, drawnMatrix, roomFor } from "../augment/apply.ts";
import { pasteInto } from "../augment/copy-paste.ts";
import type { ChosenTransform } from "../augment/index.ts";
import type { Patch } from "../augment/patch.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import { boxToRead, cutInto } from "./cut-patch.ts";
import type { Donors } from "./donors.ts";
import { drawnStart } from "./location.ts";
import { indexOf, type PatchSource } from "./patch-source.ts";
import type { PatchChoice } from "./sampler.ts";

/** What every patch is made with. */
export interface PatchWork {
  readonly plan: Pick<TrainingPlan, "mirrorAxes" | "ignoreLabel">;
  readonly transforms: readonly ChosenTransform[];
  readonly donors: Donors | undefined;
  readonly take: (folder: string) => PatchSource;
}

/** Fills a patch from the case that was picked: placed, pasted into, turned, cut out and changed. */
export function fillPatchInto(
  patch: Patch,
  { chosen, classId }: PatchChoice,
  { plan, transforms, donors, take, random }: PatchWork & { readonly random: Random },
): void {
  const { mirrorAxes, ignoreLabel } = plan;
  const source = take(chosen.folder);
  const context = { random, shape: patch.shape, mirrorAxes };
  const donation = donors?.({ chosen, shape: source.shape }, random);
  const centre = donation?.centre ?? centreIn(source, { classId, ignoreLabel, random });
  const placement = { shape: source.shape, patch: patch.shape, room: roomFor(patch.shape, transforms), centre };
  const cut = { start: drawnStart(placement, random), matrix: drawnMatrix(transforms, context) };
  const box = boxToRead(cut, { patch: patch.shape, shape: source.shape });
  const block = isEmptyBox(box) ? undefined : { box, ...source.readBlock(box.start, shapeOfBox(box)) };
  if (block !== undefined && donation !== undefined) pasteInto(block, donation);
  cutInto(patch, block, { ...cut, outside: ignoreLabel ?? 0 });
  augmentInto(patch, transforms, context);
}

interface Wanted {
  readonly classId: number | undefined;
  readonly ignoreLabel: number | undefined;
  readonly random: Random;
}

/** A voxel of the class; where none is asked for and some voxels are to be ignored, one that is not; else nowhere. */
function centreIn({ shape, voxelsByClass }: PatchSource, { classId, ignoreLabel, random }: Wanted): Triple | undefined {
  const annotated = ignoreLabel === undefined ? [] : [...voxelsByClass.keys()].filter((id) => id !== ignoreLabel);
  const lists = (classId === undefined ? annotated : [classId]).flatMap((id) => voxelsByClass.get(id) ?? []);
  const total = lists.reduce((sum, { length }) => sum + length, 0);
  let n = random.integer(0, total);
  for (const list of lists) {
    if (n < list.length) return indexOf(list[n], shape);
    n -= list.length;
  }
  return undefined;
}
