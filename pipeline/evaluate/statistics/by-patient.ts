import { groupedBy } from "./grouped.ts";

/** The patient that a case is of. */
export type PatientOf = (caseName: string) => string;

/** Each case a patient of its own. */
export const casePerPatient: PatientOf = (caseName) => caseName;

/**
 * The defined values of each patient's cases, in the order of the cases' names, so that no draw hangs on how they came.
 *
 * Empty:  NaN is left out, and a patient that has nothing else
 */
export function valuesByPatient(
  values: readonly { readonly case: string; readonly value: number }[],
  patientOf: PatientOf = casePerPatient,
): readonly (readonly number[])[] {
  const defined = values.filter(({ value }) => !Number.isNaN(value));
  const patients = groupedBy(inCaseOrder(defined), (each) => patientOf(each.case));
  return [...patients.values()].map((own) => own.map(({ value }) => value));
}

/** Mean over all cases of some patients, each case weighing the same; that of equal values is exactly their value. */
export function meanOverCases(patients: readonly (readonly number[])[]): number {
  const shift = patients[0]?.[0] ?? 0;
  let sum = 0;
  let count = 0;
  for (const values of patients) {
    for (const value of values) sum += value - shift;
    count += values.length;
  }
  return count === 0 ? Number.NaN : shift + sum / count;
}

/** Sorted by the name of the case, in an order that no locale changes. */
export function inCaseOrder<Item extends { readonly case: string }>(items: readonly Item[]): readonly Item[] {
  return [...items].sort((first, second) => (first.case < second.case ? -1 : Number(first.case > second.case)));
}
