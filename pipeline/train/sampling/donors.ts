import type { Triple } from "../../volume/affine.ts";
import { clippedBox, shapeOfBox } from "../../volume/box.ts";
import { ConfigError } from "../../volume/errors.ts";
import type { Random } from "../../volume/random.ts";
import type { CopyPasteSettings } from "../augment/copy-paste.ts";
import { mapTriple } from "../augment/matrix.ts";
import { type Structure, structureAt } from "../augment/structure.ts";
import { indexOf, type PatchSource } from "./patch-source.ts";
import { type BatchCase, type NamedClass, oneOf } from "./sampler.ts";

/** A structure to be pasted. */
export interface Donation {
  readonly structure: Structure;
  /** Voxels from its place in its own case to the one where it is pasted. */
  readonly offset: Triple;
  /** The voxel where its middle comes to lie. */
  readonly centre: Triple;
}

/** Finds what is pasted into a case; undefined where nothing was drawn or no other case has it. */
export type Donors = (
  recipient: { readonly chosen: BatchCase; readonly shape: Triple },
  random: Random,
) => Donation | undefined;

/**
 * Donors of the classes that settings name, or of all that at most half of the cases hold.
 *
 * Errors: ConfigError C_AUGMENTATION when a name is no class
 */
export function donorsFrom(
  { kind, probability, classes: names }: CopyPasteSettings,
  {
    cases,
    classes,
    patch,
    take,
  }: {
    readonly cases: readonly BatchCase[];
    readonly classes: readonly NamedClass[];
    /** Largest extent of a structure. */
    readonly patch: Triple;
    readonly take: (folder: string) => PatchSource;
  },
): Donors {
  assertNames(names ?? [], classes);
  const groups = classes
    .map(({ id, name }) => ({ id, name, holders: cases.filter(({ classIds }) => classIds.includes(id)) }))
    .filter(({ name, holders }) => names?.includes(name) ?? holders.length <= cases.length / 2);
  return ({ chosen, shape }, parent) => {
    const random = parent.fork(kind);
    if (random.uniform() >= probability) return undefined;
    const others = groups
      .map(({ id, holders }) => ({ id, holders: holders.filter((one) => one !== chosen) }))
      .filter(({ holders }) => holders.length > 0);
    if (others.length === 0) return undefined;
    const { id, holders } = oneOf(others, random);
    const donor = take(oneOf(holders, random).folder);
    const structure = structureIn(donor, { classId: id, patch, random });
    return structure && placed(structure, { from: donor.shape, to: shape });
  };
}

function assertNames(names: readonly string[], classes: readonly NamedClass[]): void {
  const stranger = names.find((name) => classes.every((one) => one.name !== name));
  if (stranger === undefined) return;
  throw new ConfigError({
    code: "C_AUGMENTATION",
    where: "augmentation/transforms/copy-paste/classes",
    expected: `names of classes (${classes.map(({ name }) => name).join(", ")})`,
    got: stranger,
    next: "Correct the names in the training settings",
  });
}

/** The structure that one of a class's voxels belongs to, as far as it lies in a patch about that voxel. */
function structureIn(
  source: PatchSource,
  { classId, patch, random }: { readonly classId: number; readonly patch: Triple; readonly random: Random },
): Structure | undefined {
  const { shape, voxelsByClass } = source;
  const voxels = voxelsByClass.get(classId);
  if (voxels === undefined || voxels.length === 0) return undefined;
  const [d, h, w] = indexOf(voxels[random.integer(0, voxels.length)], shape);
  const start = mapTriple((axis) => [d, h, w][axis] - Math.floor(patch[axis] / 2));
  const box = clippedBox({ start, stop: mapTriple((axis) => start[axis] + patch[axis]) }, shape);
  const size = shapeOfBox(box);
  const block = { box, ...source.readBlock(box.start, size) };
  const flat = ((d - box.start[0]) * size[1] + h - box.start[1]) * size[2] + w - box.start[2];
  return structureAt(block, flat);
}

/** Moves a structure so that its middle divides every side of the other case as it does its own. */
function placed(structure: Structure, { from, to }: { readonly from: Triple; readonly to: Triple }): Donation {
  const offset = mapTriple((axis) => {
    const middle = structure.centre[axis];
    return Math.round(((middle + 0.5) / from[axis]) * to[axis] - 0.5 - middle);
  });
  const centre = mapTriple((axis) => Math.round(structure.centre[axis] + offset[axis]));
  return { structure, offset, centre };
}
