import { classSubjects } from "./class-subjects.ts";
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
  { toleranceMm, ...rules }: EvaluateClassesOptions,
): Promise<readonly ClassScores[]> {
  const { probabilities, calibrations } = pair;
  const scores = new Map<number, ClassScores>();
  for (const { classes, ignoreLabel, ...maps } of classSubjects(pair, rules)) {
    const scoredAs = new Map(classes.map(({ id, scored }) => [id, scored.id]));
    const outside = (id: number) => scoredAs.get(id) ?? id;
    const measured = await evaluateCase(
      {
        ...maps,
        ...(probabilities === undefined ? {} : { probabilities: (id) => probabilities(outside(id)) }),
        calibrations: new Map(
          classes.flatMap(({ id, scored }) => {
            const own = calibrations?.get(scored.id);
            return own === undefined ? [] : [[id, own] as const];
          }),
        ),
      },
      {
        ...rules,
        ...(toleranceMm === undefined ? {} : { toleranceMm: (id) => toleranceMm(outside(id)) }),
        classes,
        ignoreLabel,
      },
    );
    for (const each of measured) scores.set(outside(each.id), { ...each, id: outside(each.id) });
  }
  return rules.classes.flatMap(({ id }) => scores.get(id) ?? []);
}
