import { type Random, randomFrom } from "../../volume/random.ts";
import { type AugmentationSettings, copyPasteOf, transformsOf } from "../augment/index.ts";
import { type Patch, patchesOf } from "../augment/patch.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import type { Batch } from "./batch.ts";
import { boundaryDistances } from "./boundary-distances.ts";
import { donorsFrom } from "./donors.ts";
import { exposureOf } from "./exposure.ts";
import { fillPatchInto } from "./fill-patch.ts";
import { type SamplingSettings, samplerFrom } from "./index.ts";
import { type PatchSource, sourceShelf } from "./patch-source.ts";
import type { BatchCase, NamedClass, PatchChoice, Sampler } from "./sampler.ts";

/** All that batches depend on; plain data, so that it can be sent to a thread. */
export interface BatchRecipe {
  /** In an order that stays the same from run to run. */
  readonly cases: readonly BatchCase[];
  readonly plan: Pick<TrainingPlan, "patch" | "batch" | "input" | "mirrorAxes" | "ignoreLabel" | "spacingMm"> & {
    readonly classes: readonly NamedClass[];
  };
  readonly sampling: SamplingSettings;
  readonly augmentation: AugmentationSettings;
  readonly seed: number;
  /** Label values of each output channel whose distances a batch carries; none when left out. */
  readonly distancesTo?: readonly (readonly number[])[] | undefined;
}

/** Makes batches one at a time. */
export interface BatchMaker {
  readonly make: (step: number) => Batch;
  /** Chances of what patches are drawn around, for samplers that are told any. */
  readonly setChances: (chances: Float32Array) => void;
  readonly close: () => void;
}

/**
 * A maker of batches, each of which depends on the recipe, the chances set last and its step alone.
 *
 * Errors: ConfigError C_SAMPLING, C_AUGMENTATION as `samplerFrom` and `donorsFrom` say; from `make`, what opening and
 * reading a case throws
 */
export function batchMaker(
  { cases, plan, sampling, augmentation, seed, distancesTo }: BatchRecipe,
  open: (folder: string) => PatchSource,
): BatchMaker {
  const { patch, classes } = plan;
  const { take, close } = sourceShelf(open);
  let chances: Float32Array | undefined;
  const sampler = samplerFrom(sampling, { cases, classes, chances: () => chances });
  const transforms = transformsOf(augmentation);
  const pasting = copyPasteOf(transforms);
  const donors = pasting && donorsFrom(pasting, { cases, classes, patch, take });
  const fill = (one: Patch, place: Parameters<Sampler>[0], random: Random) => {
    const choice = sampler(place, random);
    fillPatchInto(one, choice, { plan, transforms, donors, take, random });
    return choice;
  };
  const make = (step: number) =>
    batchOf(step, { plan, fill, distancesTo, random: randomFrom(`${seed}/batch ${step}`) });
  const setChances = (next: Float32Array) => {
    chances = next;
  };
  return { make, setChances, close };
}

interface BatchWork {
  readonly plan: BatchRecipe["plan"];
  readonly distancesTo: BatchRecipe["distancesTo"];
  readonly random: Random;
  /** Fills the patch at a position of the batch; returns what it is about. */
  readonly fill: (patch: Patch, place: Parameters<Sampler>[0], random: Random) => PatchChoice;
}

function batchOf(step: number, { plan, random, fill, distancesTo }: BatchWork): Batch {
  const { patch, batch: size, input, classes, spacingMm } = plan;
  const voxels = patch[0] * patch[1] * patch[2];
  const image = new Float32Array(size * input.channels.length * voxels);
  const labels = new Float32Array(size * voxels);
  const choices = patchesOf({ image, labels, shape: patch }).map((one, position) =>
    fill(one, { position, size }, random.fork(`patch ${position}`)),
  );
  const exposure = exposureOf(labels, { patches: size, classIds: [0, ...classes.map(({ id }) => id)] });
  const caseIds = choices.map(({ chosen }) => chosen.id);
  const items = choices.flatMap(({ item }) => item ?? []);
  const made = { step, patch, image, labels, caseIds, ...(items.length === size ? { items } : {}), ...exposure };
  if (distancesTo === undefined) return made;
  const asked = { patches: size, patch, spacingMm, labelsOfChannels: distancesTo };
  return { ...made, distances: boundaryDistances(labels, asked) };
}
