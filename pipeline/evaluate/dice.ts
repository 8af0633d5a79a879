import type { LabelArray } from "../volume/volume.ts";

/** Voxels of a class in two label maps and in both at once. */
interface Overlap {
  readonly prediction: number;
  readonly reference: number;
  readonly both: number;
}

/**
 * Dice of each class between two label maps of one grid.
 *
 * Empty:  a class that neither map holds has no Dice and is left out
 * Errors: RangeError when the maps differ in length
 * Source: Dice 1945, doi:10.2307/1932409
 */
export function diceOf(
  prediction: LabelArray,
  reference: LabelArray,
  { classIds, ignoreLabel }: { readonly classIds: readonly number[]; readonly ignoreLabel?: number | undefined },
): ReadonlyMap<number, number> {
  const overlaps = overlapsOf(prediction, reference, ignoreLabel);
  return new Map(
    classIds.flatMap((id) => {
      const { prediction: predicted, reference: referred, both } = overlaps(id);
      return predicted + referred === 0 ? [] : [[id, (2 * both) / (predicted + referred)] as const];
    }),
  );
}

function overlapsOf(prediction: LabelArray, reference: LabelArray, ignoreLabel: number | undefined) {
  if (prediction.length !== reference.length)
    throw new RangeError(`${prediction.length} predicted voxels for ${reference.length}`);
  const length = 2 ** (8 * Math.max(prediction.BYTES_PER_ELEMENT, reference.BYTES_PER_ELEMENT));
  const [predicted, referred, both] = [0, 0, 0].map(() => new Float64Array(length));
  for (let i = 0; i < reference.length; i++) {
    if (reference[i] === ignoreLabel) continue;
    predicted[prediction[i]]++;
    referred[reference[i]]++;
    if (prediction[i] === reference[i]) both[reference[i]]++;
  }
  return (id: number): Overlap => ({ prediction: predicted[id], reference: referred[id], both: both[id] });
}
