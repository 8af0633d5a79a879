import { boxesOf } from "../kernels/runs.ts";
import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox, unionOf } from "../volume/box.ts";
import { voxelCountOf } from "../volume/volume.ts";
import type { LabelRuns, RunsPair } from "./label-runs.ts";

/** A mask as runs along W: indices into its grid of the first voxel of each and of the one past its last, ascending. */
export interface MaskRuns {
  readonly start: Uint32Array;
  readonly stop: Uint32Array;
}

/** Two masks of one class. */
export interface MaskPair {
  readonly prediction: MaskRuns;
  readonly reference: MaskRuns;
  /** Of the grid, [D, H, W]; a grid of one slice, whichever way it lies, has it along D. */
  readonly shape: Triple;
  readonly spacingMm: Triple;
  /** Around both masks. */
  readonly box: Box;
}

/** Cuts one class out of two label maps. */
export function maskPairOf(
  pair: RunsPair,
  { classId, spacingMm }: { readonly classId: number; readonly spacingMm: Triple },
): MaskPair {
  const [prediction, reference] = [runsOfClass(pair.prediction, classId), runsOfClass(pair.reference, classId)];
  const grid = sliceAlongD(pair.shape, spacingMm);
  return { prediction, reference, ...grid, box: unionOf(boxOf(prediction, grid.shape), boxOf(reference, grid.shape)) };
}

function runsOfClass({ runs, ids }: LabelRuns, classId: number): MaskRuns {
  return {
    start: runs.start.filter((_, run) => ids[run] === classId),
    stop: runs.stop.filter((_, run) => ids[run] === classId),
  };
}

/** A grid with a side of one voxel as the same voxels in the same order with that side first. */
function sliceAlongD(shape: Triple, spacingMm: Triple): { readonly shape: Triple; readonly spacingMm: Triple } {
  const axis = shape.indexOf(1);
  if (axis <= 0) return { shape, spacingMm };
  const moved = ([d, h, w]: Triple): Triple => (axis === 1 ? [h, d, w] : [w, d, h]);
  return { shape: moved(shape), spacingMm: moved(spacingMm) };
}

function boxOf(mask: MaskRuns, shape: Triple): Box {
  const [box] = boxesOf(mask, { groupOf: new Uint32Array(mask.start.length), groups: 1, shape });
  return box;
}

/** Visits the runs of a mask as places in an array that holds a box with a border of so many voxels. */
export function eachRunInBox(
  { start, stop }: MaskRuns,
  { shape, box, border }: { readonly shape: Triple; readonly box: Box; readonly border: number },
  visit: (from: number, to: number) => void,
): void {
  const [, height, width] = shape;
  const [, rows, columns] = shapeOfBox(box);
  for (let run = 0; run < start.length; run++) {
    const row = Math.floor(start[run] / width);
    const d = Math.floor(row / height);
    const h = row - d * height - box.start[1] + border;
    const w = start[run] - row * width - box.start[2] + border;
    const from = ((d - box.start[0] + border) * (rows + 2 * border) + h) * (columns + 2 * border) + w;
    visit(from, from + stop[run] - start[run]);
  }
}

/** A mask within the box of its pair: 1 inside, 0 elsewhere. */
export function maskInBox(mask: MaskRuns, { shape, box }: Pick<MaskPair, "shape" | "box">): Uint8Array {
  const inside = new Uint8Array(voxelCountOf(shapeOfBox(box)));
  eachRunInBox(mask, { shape, box, border: 0 }, (from, to) => inside.fill(1, from, to));
  return inside;
}
