import { diceOf, labelOverlaps } from "../kernels/label-overlap.ts";
import type { LabelArray } from "../volume/volume.ts";

/** What a case's labels are compared with, and by which classes. */
export interface CaseDiceOptions {
  readonly reference: LabelArray;
  readonly classIds: readonly number[];
  /** Voxels with this reference count as neither right nor wrong. */
  readonly ignoreLabel: number | undefined;
}

/** Dice of each class in one case, by id. Empty: a class that neither the case nor the prediction holds is left out */
export function caseDice(
  prediction: LabelArray,
  { reference, classIds, ignoreLabel }: CaseDiceOptions,
): ReadonlyMap<number, number> {
  const counted =
    ignoreLabel === undefined ? prediction : prediction.map((id, i) => (reference[i] === ignoreLabel ? 0 : id));
  const overlaps = labelOverlaps(counted, { reference, largestId: largestIn(reference, classIds) });
  return new Map(
    classIds.flatMap((id) => {
      const dice = diceOf(overlaps[id - 1]);
      return Number.isNaN(dice) ? [] : [[id, dice] as const];
    }),
  );
}

/** The ignore label may be above all classes. */
function largestIn(labels: LabelArray, classIds: readonly number[]): number {
  let largest = Math.max(...classIds);
  for (const id of labels) largest = Math.max(largest, id);
  return largest;
}

/** Mean over cases of each class, and over how many. Empty: a class of no case is left out */
export function meanDice(
  cases: readonly ReadonlyMap<number, number>[],
): ReadonlyMap<number, { readonly mean: number; readonly cases: number }> {
  const found = new Map<number, number[]>();
  for (const each of cases) for (const [id, dice] of each) found.set(id, [...(found.get(id) ?? []), dice]);
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return new Map([...found].map(([id, values]) => [id, { mean: meanOf(values), cases: values.length }]));
}
