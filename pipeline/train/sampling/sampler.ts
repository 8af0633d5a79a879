import type { LabelClass } from "../../volume/label-class.ts";
import type { Random } from "../../volume/random.ts";

/** A case that patches are drawn from, before it is opened. */
export interface BatchCase {
  readonly id: string;
  /** Where it lies prepared. */
  readonly folder: string;
  /** Foreground classes that it holds. */
  readonly classIds: readonly number[];
}

/** A foreground class, as far as sampling needs it. */
export type NamedClass = Pick<LabelClass, "id" | "name">;

/** Which case a patch comes from, and the class of the voxel that it is about; anywhere when that is left out. */
export interface PatchChoice {
  readonly chosen: BatchCase;
  readonly classId?: number;
  /** Its place among everything that patches are drawn around, for samplers that are told what came of it. */
  readonly item?: number;
}

/** Picks the case of the patch at `position` in a batch of `size`. */
export type Sampler = (place: { readonly position: number; readonly size: number }, random: Random) => PatchChoice;

/** One of several. */
export function oneOf<T>(choices: readonly T[], random: Random): T {
  return choices[random.integer(0, choices.length)];
}
