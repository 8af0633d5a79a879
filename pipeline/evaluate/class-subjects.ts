import type { LabelMap } from "../volume/volume.ts";
import type { EvaluatedClass, EvaluatedClasses } from "./evaluated-classes.ts";

/** Two label maps, and which of their labels stand for which of the scored classes. */
export interface ClassSubject {
  readonly prediction: LabelMap;
  readonly reference: LabelMap;
  readonly classes: readonly SubjectClass[];
  readonly ignoreLabel?: number | undefined;
}

/** A class as it is labelled in these maps, and as it is known outside. */
export interface SubjectClass {
  readonly id: number;
  readonly name: string;
  readonly scored: EvaluatedClass;
}

/** Labels of a region's mask. */
export const INSIDE = 1;
export const IGNORED = 2;

/**
 * What is to be measured in a pair: all single classes at once, then each region as a mask of its own.
 *
 * Cost:   one pair of masks at a time
 */
export function* classSubjects(
  { prediction, reference }: { readonly prediction: LabelMap; readonly reference: LabelMap },
  { classes, ignoreLabel }: EvaluatedClasses,
): Generator<ClassSubject> {
  const single = classes.filter(({ labels }) => labels === undefined);
  if (single.length > 0)
    yield {
      prediction,
      reference,
      classes: single.map((scored) => ({ id: scored.id, name: scored.name, scored })),
      ignoreLabel,
    };
  for (const scored of classes) {
    if (scored.labels === undefined) continue;
    yield {
      prediction: regionOf(prediction, scored.labels),
      reference: regionOf(reference, scored.labels, ignoreLabel),
      classes: [{ id: INSIDE, name: scored.name, scored }],
      ignoreLabel: IGNORED,
    };
  }
}

/** A mask of the voxels that have one of some labels, and of those that do not count. */
export function regionOf(map: LabelMap, labels: readonly number[], ignoreLabel?: number): LabelMap {
  const meaning = new Uint8Array(0x10000);
  for (const label of labels) meaning[label] = INSIDE;
  if (ignoreLabel !== undefined) meaning[ignoreLabel] = IGNORED;
  const data = new Uint8Array(map.data.length);
  for (let i = 0; i < data.length; i++) data[i] = meaning[map.data[i]];
  return { ...map, data };
}
