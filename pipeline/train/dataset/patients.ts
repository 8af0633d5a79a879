import { Type } from "@sinclair/typebox";
import { ConfigError } from "../../volume/errors.ts";
import type { TrainingCase } from "./training-dataset.ts";

/** Names in which a standard says whose a file is. */
const conventions: readonly RegExp[] = [
  // ACDC, doi:10.1109/TMI.2018.2837502: patient012_frame03
  /^(patient\d+)_frame\d+$/,
  // BIDS 1.10, entities: sub-01_ses-2_T2w
  /^(sub-[A-Za-z0-9]+)(?=_|$)/,
  // TCGA barcodes: TCGA-A1-A0SK-DX1_xmin45749
  /^(TCGA-[A-Z0-9]{2}-[A-Z0-9]{4})(?=[-_]|$)/,
];

/** `patients` of a `dataset.json`: whose each case is, by the case's name. An addition of rarevox. */
export const patientsSchema = Type.Optional(
  Type.Record(Type.String({ maxLength: 300 }), Type.String({ minLength: 1, maxLength: 300 })),
);

/** Whose case it is, where its name says so by a standard: ACDC's, BIDS' or that of TCGA barcodes. */
export function patientOfName(id: string): { readonly patient?: string } {
  for (const convention of conventions) {
    const patient = convention.exec(id)?.[1];
    if (patient !== undefined) return { patient };
  }
  return {};
}

/**
 * Cases with their patients: those that a list names, the others by their own names.
 *
 * Errors: ConfigError T_PATIENT for a case in the list that there is not
 */
export function withPatients(
  cases: readonly TrainingCase[],
  {
    patients = {},
    where,
  }: { readonly patients?: Readonly<Record<string, string>> | undefined; readonly where: string },
): readonly TrainingCase[] {
  const ids = new Set(cases.map(({ id }) => id));
  const unknown = Object.keys(patients).find((id) => !ids.has(id));
  if (unknown !== undefined)
    throw new ConfigError({
      code: "T_PATIENT",
      where: `${where}#/patients`,
      expected: "names of training cases",
      got: unknown,
      next: "Name cases as their files are called, without folder, channel number and ending",
    });
  return cases.map((each) => {
    const listed = Object.hasOwn(patients, each.id) ? { patient: patients[each.id] } : undefined;
    return { ...each, ...(listed ?? patientOfName(each.id)) };
  });
}
