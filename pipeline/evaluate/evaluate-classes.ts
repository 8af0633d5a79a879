import type { LabelMap } from "../volume/volume.ts";
import { type ClassScores, type EvaluatedPair, type EvaluateOptions, evaluateCase } from "./evaluate-case.ts";
import type { EvaluatedClass } from "./evaluated-classes.ts";

/** What to measure of classes and of regions made of several, and by which rules. */
export type EvaluateClassesOptions = Omit<EvaluateOptions, "classes"> & { readonly classes: readonly EvaluatedClass[] };

/**
 * Scores of classes and of regions, in the order of the list.
 *
 * Errors: as `evaluateCase`
 */
export async function evaluateClasses(
  pair: EvaluatedPair,
  { classes, ...rules }: EvaluateClassesOptions,
): Promise<readonly ClassScores[]> {
  const single = classes.filter(({ labels }) => labels === undefined);
  const scores = new Map((await evaluateCase(pair, { ...rules, classes: single })).map((each) => [each.id, each]));
  for (const { id, name, labels } of classes) {
    if (labels === undefined) continue;
    const masks = { prediction: regionOf(pair.prediction, labels), reference: regionOf(pair.reference, labels, rules) };
    const tolerance = rules.toleranceMm?.(id);
    const [own] = await evaluateCase(masks, {
      ...rules,
      ...(tolerance === undefined ? {} : { toleranceMm: () => tolerance }),
      classes: [{ id: INSIDE, name }],
      ignoreLabel: IGNORED,
    });
    scores.set(id, { ...own, id });
  }
  return classes.flatMap(({ id }) => scores.get(id) ?? []);
}

/** Labels of a region's mask. */
const INSIDE = 1;
const IGNORED = 2;

/** A mask of the voxels that have one of some labels. */
function regionOf(
  map: LabelMap,
  labels: readonly number[],
  { ignoreLabel }: Pick<EvaluateOptions, "ignoreLabel"> = {},
): LabelMap {
  const meaning = new Uint8Array(0x10000);
  for (const label of labels) meaning[label] = INSIDE;
  if (ignoreLabel !== undefined) meaning[ignoreLabel] = IGNORED;
  const data = new Uint8Array(map.data.length);
  for (let i = 0; i < data.length; i++) data[i] = meaning[map.data[i]];
  return { ...map, data };
}
