import type { Triple } from "../../volume/affine.ts";
import type { ChosenTransform } from "./index.ts";
import { type Matrix3, mapTriple, product } from "./matrix.ts";
import type { Patch } from "./patch.ts";
import type { DrawContext } from "./transform.ts";

// Each transform draws from a stream of its own, so that settings of one do not move what the others draw.

/** How the place where a patch is sampled is turned and scaled; undefined when nothing was drawn. */
export function drawnMatrix(chosen: readonly ChosenTransform[], context: DrawContext): Matrix3 | undefined {
  let matrix: Matrix3 | undefined;
  for (const { transform, settings } of chosen) {
    if (transform.role !== "geometry") continue;
    const random = context.random.fork(settings.kind);
    if (random.uniform() >= settings.probability) continue;
    const own = transform.matrix(settings, { ...context, random });
    matrix = matrix === undefined ? own : product(matrix, own);
  }
  return matrix;
}

/** The patch's sides with the room that it may be turned and scaled in; locations are drawn for such a box. */
export function roomFor(patch: Triple, chosen: readonly ChosenTransform[]): Triple {
  const room = chosen.reduce<Triple>(
    (sides, { transform, settings }) =>
      transform.role === "geometry" ? transform.room(settings, sides, patch) : sides,
    patch,
  );
  return mapTriple((axis) => Math.floor(room[axis]));
}

/** Applies the transforms that are drawn to a patch. */
export function augmentInto(patch: Patch, chosen: readonly ChosenTransform[], context: DrawContext): void {
  for (const { transform, settings } of chosen) {
    if (transform.role !== "patch") continue;
    const random = context.random.fork(settings.kind);
    if (random.uniform() < settings.probability) transform.applyInto(patch, settings, { ...context, random });
  }
}
