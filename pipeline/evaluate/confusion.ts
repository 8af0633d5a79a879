import type { LabelArray } from "../volume/volume.ts";

/** What is counted against what. */
export interface ConfusionOptions {
  /** Labels in the order of rows and columns. */
  readonly ids: readonly number[];
  /** Voxels that the reference marks so do not count. */
  readonly ignoreLabel?: number | undefined;
}

/**
 * Voxels of each reference label (rows) that were predicted as each label (columns).
 *
 * Empty: voxels of labels that are not listed, on either side, are not counted
 */
export function confusionOf(
  { prediction, reference }: { readonly prediction: LabelArray; readonly reference: LabelArray },
  { ids, ignoreLabel }: ConfusionOptions,
): readonly (readonly number[])[] {
  const placeOf = new Int32Array(0x10000).fill(-1);
  for (const [place, id] of ids.entries()) if (id !== ignoreLabel) placeOf[id] = place;
  const counts = new Float64Array(ids.length * ids.length);
  for (let i = 0; i < reference.length; i++) {
    const row = placeOf[reference[i]];
    const column = placeOf[prediction[i]];
    if (row >= 0 && column >= 0) counts[row * ids.length + column]++;
  }
  return ids.map((_, row) => Array.from(counts.subarray(row * ids.length, (row + 1) * ids.length)));
}

/**
 * Mean Dice of the labels behind the first, which is background, that either side has.
 *
 * Empty: NaN where neither side has any
 */
export function meanDiceOf(confusion: readonly (readonly number[])[]): number {
  const dices = confusion.flatMap((row, label) => {
    const reference = row.reduce((sum, voxels) => sum + voxels, 0);
    const prediction = confusion.reduce((sum, other) => sum + other[label], 0);
    return label === 0 || reference + prediction === 0 ? [] : [(2 * row[label]) / (reference + prediction)];
  });
  return dices.reduce((sum, dice) => sum + dice, 0) / dices.length;
}
