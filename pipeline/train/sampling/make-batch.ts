import type { Triple } from "../../volume/affine.ts";
import { isEmptyBox, shapeOfBox } from "../../volume/box.ts";
import { type Random, randomFrom } from "../../volume/random.ts";
import { augmentInto, drawnMatrix, roomFor } from "../augment/apply.ts";
import { type AugmentationSettings, type ChosenTransform, transformsOf } from "../augment/index.ts";
import { type Patch, patchesOf } from "../augment/patch.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import type { Batch } from "./batch.ts";
import { boxToRead, cutInto } from "./cut-patch.ts";
import { exposureOf } from "./exposure.ts";
import { type SamplingSettings, samplerFrom } from "./index.ts";
import { drawnStart } from "./location.ts";
import { type PatchSource, sourceShelf } from "./patch-source.ts";
import type { BatchCase, NamedClass } from "./sampler.ts";

/** All that batches depend on; plain data, so that it can be sent to a thread. */
export interface BatchRecipe {
  /** In an order that stays the same from run to run. */
  readonly cases: readonly BatchCase[];
  readonly plan: Pick<TrainingPlan, "patch" | "batch" | "input" | "mirrorAxes" | "ignoreLabel"> & {
    readonly classes: readonly NamedClass[];
  };
  readonly sampling: SamplingSettings;
  readonly augmentation: AugmentationSettings;
  readonly seed: number;
}

/** Makes batches one at a time. */
export interface BatchMaker {
  readonly make: (step: number) => Promise<Batch>;
  readonly close: () => Promise<void>;
}

/**
 * A maker of batches, each of which depends on the recipe and its step alone.
 *
 * Errors: as `samplerFrom`; from `make`, what opening and reading a case throws
 */
export function batchMaker(
  recipe: BatchRecipe,
  open: (folder: string) => PatchSource | Promise<PatchSource>,
): BatchMaker {
  const { cases, plan, sampling, augmentation, seed } = recipe;
  const shelf = sourceShelf(open);
  const sampler = samplerFrom(sampling, { cases, classes: plan.classes });
  const chosen = transformsOf(augmentation);
  const fillInto = async (
    patch: Patch,
    place: { readonly position: number; readonly size: number },
    random: Random,
  ) => {
    const pick = sampler(place, random);
    const source = await shelf.take(pick.chosen.folder);
    await fillPatchInto(patch, source, { plan, chosen, classId: pick.classId, random });
    return pick.chosen.id;
  };
  return {
    make: (step) => batchOf(step, { plan, random: randomFrom(`${seed}/batch ${step}`), fillInto }),
    close: shelf.close,
  };
}

interface BatchWork {
  readonly plan: BatchRecipe["plan"];
  readonly random: Random;
  /** Fills the patch at a position of the batch; returns the id of its case. */
  readonly fillInto: (
    patch: Patch,
    place: { readonly position: number; readonly size: number },
    random: Random,
  ) => Promise<string>;
}

async function batchOf(step: number, { plan, random, fillInto }: BatchWork): Promise<Batch> {
  const { patch, batch: size, input, classes } = plan;
  const voxels = patch[0] * patch[1] * patch[2];
  const image = new Float32Array(size * input.channels.length * voxels);
  const labels = new Float32Array(size * voxels);
  const caseIds: string[] = [];
  for (const [position, one] of patchesOf({ image, labels, shape: patch }).entries())
    caseIds.push(await fillInto(one, { position, size }, random.fork(`patch ${position}`)));
  const exposure = exposureOf(labels, { patches: size, classIds: [0, ...classes.map(({ id }) => id)] });
  return { step, patch, image, labels, caseIds, ...exposure };
}

interface PatchWork {
  readonly plan: BatchRecipe["plan"];
  readonly chosen: readonly ChosenTransform[];
  readonly classId: number | undefined;
  readonly random: Random;
}

async function fillPatchInto(patch: Patch, source: PatchSource, { plan, chosen, classId, random }: PatchWork) {
  const { mirrorAxes, ignoreLabel } = plan;
  const context = { random, shape: patch.shape, mirrorAxes };
  const centre = centreIn(source, { classId, ignoreLabel, random });
  const start = drawnStart(
    { shape: source.shape, patch: patch.shape, room: roomFor(patch.shape, chosen), centre },
    random,
  );
  const cut = { start, matrix: drawnMatrix(chosen, context) };
  const box = boxToRead(cut, { patch: patch.shape, shape: source.shape });
  const voxels = isEmptyBox(box) ? undefined : await source.readBlock(box.start, shapeOfBox(box));
  cutInto(patch, voxels && { box, ...voxels }, { ...cut, outside: ignoreLabel ?? 0 });
  augmentInto(patch, chosen, context);
}

/** A voxel of the class; where none is asked for and some voxels are to be ignored, one that is not; else nowhere. */
function centreIn(
  { shape: [, height, width], voxelsByClass }: PatchSource,
  {
    classId,
    ignoreLabel,
    random,
  }: Pick<PatchWork, "classId" | "random"> & { readonly ignoreLabel: number | undefined },
): Triple | undefined {
  const annotated = ignoreLabel === undefined ? [] : [...voxelsByClass.keys()];
  const lists = (classId === undefined ? annotated : [classId]).flatMap((id) => voxelsByClass.get(id) ?? []);
  let n = random.integer(
    0,
    lists.reduce((sum, { length }) => sum + length, 0),
  );
  for (const list of lists) {
    if (n < list.length)
      return [Math.floor(list[n] / (height * width)), Math.floor(list[n] / width) % height, list[n] % width];
    n -= list.length;
  }
  return undefined;
}
