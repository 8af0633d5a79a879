import * as fc from "fast-check";
import { type EvaluateOptions, evaluateCase } from "../../pipeline/evaluate/evaluate-case.ts";
import { metricNames } from "../../pipeline/evaluate/metrics/index.ts";
import type { Triple } from "../../pipeline/volume/affine.ts";
import { type LabelArray, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { straightGrid } from "./boxes-scan.ts";

/** Two masks or label maps on one grid. */
export interface DrawnPair {
  readonly prediction: LabelArray;
  readonly reference: LabelArray;
  readonly shape: Triple;
  readonly spacingMm: Triple;
}

/** All metrics of class 1, or those that are named. */
export async function scoresOf(
  { prediction, reference, shape, spacingMm }: DrawnPair,
  options: Partial<EvaluateOptions> = {},
): Promise<Readonly<Record<string, number>>> {
  const grid = straightGrid(shape, spacingMm);
  const pair = { prediction: volumeOf(prediction, grid), reference: volumeOf(reference, grid) };
  const classes = [{ id: 1, name: "organ" }];
  const [scores] = await evaluateCase(pair, { classes, metrics: metricNames, ...options });
  return scores.values;
}

/** A mask of a few slices drawn as text, `#` inside; slices follow each other, rows are lines. */
export function drawnMask(...slices: readonly string[]): { readonly data: Uint8Array; readonly shape: Triple } {
  const rows = slices.map((slice) => slice.trim().split(/\s+/));
  const data = Uint8Array.from(rows.flat().join(""), (letter) => (letter === "#" ? 1 : 0));
  return { data, shape: [rows.length, rows[0].length, rows[0][0].length] };
}

const spacing = fc.constantFrom(0.5, 1, 2, 3);

/** Pairs of masks of any density on small awkward grids, also of one slice; each may be empty or full. */
export function maskPairs({ longest = 6 }: { readonly longest?: number } = {}): fc.Arbitrary<DrawnPair> {
  const side = fc.integer({ min: 1, max: longest });
  return fc
    .tuple(fc.tuple(side, side, side), fc.tuple(spacing, spacing, spacing), fc.nat(5), fc.nat(5))
    .chain(([shape, spacingMm, first, second]) =>
      fc
        .tuple(maskOf(shape, first), maskOf(shape, second))
        .map(([prediction, reference]) => ({ prediction, reference, shape, spacingMm })),
    );
}

/** A mask with so many fifths of its voxels inside, on average. */
function maskOf(shape: Triple, fifths: number): fc.Arbitrary<Uint8Array> {
  const length = voxelCountOf(shape);
  return fc
    .array(fc.integer({ min: 1, max: 5 }), { minLength: length, maxLength: length })
    .map((draws) => Uint8Array.from(draws, (draw) => (draw <= fifths ? 1 : 0)));
}

/** The same pair with the axes and directions of both changed: source axis and whether it is turned round, for each axis. */
export function turned(pair: DrawnPair, axes: Triple, flips: readonly [boolean, boolean, boolean]): DrawnPair {
  const along = <T>(values: readonly T[]) => axes.map((axis) => values[axis]);
  const shape = along(pair.shape) as unknown as Triple;
  const strides = along([pair.shape[1] * pair.shape[2], pair.shape[2], 1]);
  const moved = (data: LabelArray) => {
    const output = data.slice();
    for (let d = 0, i = 0; d < shape[0]; d++)
      for (let h = 0; h < shape[1]; h++)
        for (let w = 0; w < shape[2]; w++, i++)
          output[i] =
            data[
              [d, h, w].reduce((sum, at, axis) => sum + strides[axis] * (flips[axis] ? shape[axis] - 1 - at : at), 0)
            ];
    return output;
  };
  const spacingMm = along(pair.spacingMm) as unknown as Triple;
  return { prediction: moved(pair.prediction), reference: moved(pair.reference), shape, spacingMm };
}
