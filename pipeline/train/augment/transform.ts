import { type Static, type TObject, Type } from "@sinclair/typebox";
import type { Triple } from "../../volume/affine.ts";
import type { Random } from "../../volume/random.ts";
import type { Matrix3 } from "./matrix.ts";
import type { Patch } from "./patch.ts";

/** What a transform is told beside its settings. */
export interface DrawContext {
  readonly random: Random;
  /** [D, H, W] of the patch. */
  readonly shape: Triple;
  /** Axes that the plan lets a patch be mirrored along. */
  readonly mirrorAxes: readonly number[];
}

/** Settings that every transform has. */
export interface TransformSettings {
  readonly kind: string;
  /** How often it is drawn. */
  readonly probability: number;
}

/** Says where a patch is sampled. All that are drawn are joined, so that voxels are interpolated once. */
export interface GeometryTransform<S = TransformSettings> {
  readonly role: "geometry";
  readonly defaults: S;
  readonly matrix: (settings: S, context: DrawContext) => Matrix3;
  /** Sides of a box of `sides` around what it may move there; `shape` is the patch's own. */
  readonly room: (settings: S, sides: Triple, shape: Triple) => Triple;
}

/** Changes the values of a patch where they lie. */
export interface PatchTransform<S = TransformSettings> {
  readonly role: "patch";
  readonly defaults: S;
  readonly applyInto: (patch: Patch, settings: S, context: DrawContext) => void;
}

/** Brings something of another case in before the patch is cut; how is told where cases are at hand. */
export interface PasteTransform<S = TransformSettings> {
  readonly role: "paste";
  readonly defaults: S;
}

/** Every field of a schema, those that may be left out too. */
export type Complete<T extends TObject> = Required<Static<T>>;

/** The field that says how often a transform is drawn. */
export const probability = Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "How often, per patch." }));

/** The field that says how many of the channels of a patch are changed. */
export const perChannel = Type.Optional(
  Type.Number({ minimum: 0, maximum: 1, description: "How often, per channel." }),
);

/** A field with the lowest and highest value that is drawn. */
export function interval(description: string, { minimum, maximum }: { minimum: number; maximum: number }) {
  const end = Type.Number({ minimum, maximum });
  return Type.Optional(Type.Tuple([end, end], { description: `[lowest, highest] ${description}` }));
}

/** Uniform between two ends. */
export function between(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.uniform();
}

/** Below 1 as often as above it, however far the two ends are from 1. Source: `BGContrast` of batchgeneratorsv2 */
export function aboutOne(random: Random, [low, high]: readonly [number, number]): number {
  const isBelow = random.uniform() < 0.5 && low < 1;
  return between(random, isBelow ? [low, Math.min(1, high)] : [Math.max(low, 1), high]);
}

/** Patches flatter than this are turned and scaled in plane only. Source: nnU-Net, `ANISO_THRESHOLD` */
const FLAT_RATIO = 3;

/** Whether a patch is flat along D, or 2-D, so that turning it there would only blur. */
export function isFlat(shape: Triple): boolean {
  return shape[0] === 1 || Math.max(...shape) / shape[0] > FLAT_RATIO;
}
