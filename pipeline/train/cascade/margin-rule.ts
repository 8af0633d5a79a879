import type { Triple } from "../../volume/affine.ts";
import { coveringValue } from "./covering-value.ts";
import type { FoundCase } from "./found-case.ts";

/** What bounds a margin. */
export interface MarginBounds {
  /** Share of the cases that it is to cover, along each axis. */
  readonly cover: number;
  readonly leastMm: Triple;
  readonly mostMm: number;
}

/**
 * By how much the boxes that were found have to grow on each side for the true ones to lie inside in so many of the cases.
 *
 * Shape:  cases in which a stage was found and is there; others say nothing
 * Units:  mm, [D, H, W], rounded up to hundredths
 * Empty:  without such a case the least margin
 */
export function marginMm(
  cases: readonly FoundCase[],
  { stage, cover, leastMm, mostMm }: MarginBounds & { readonly stage: string },
): Triple {
  const along = (axis: number) => {
    const excesses = cases.flatMap(({ found, truth, spacingMm }) => {
      const [box, wanted] = [found[stage], truth[stage]];
      if (box === undefined || wanted === undefined) return [];
      const voxels = Math.max(box.start[axis] - wanted.start[axis], wanted.stop[axis] - box.stop[axis]);
      return [voxels * spacingMm[axis]];
    });
    const covering = excesses.length === 0 ? 0 : coveringValue(excesses, cover);
    return Math.min(mostMm, Math.max(leastMm[axis], Math.ceil(100 * covering - ROUNDING) / 100));
  };
  return [along(0), along(1), along(2)];
}

/** Of a hundredth: what binary fractions are off by is not rounded up. */
const ROUNDING = 1e-6;
