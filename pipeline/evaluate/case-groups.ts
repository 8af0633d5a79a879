import { readList } from "../io/read-list.ts";
import { ConfigError, FormatError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { casePerPatient, type PatientOf } from "./statistics/by-patient.ts";
import { type Cohorts, cohortsByColumn, patientsFrom, readCohortTable } from "./statistics/cohorts.ts";

/** What a table says of each case. */
export interface CaseGroups {
  /** Cells by column, then case, that of the names left out. */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly patientOf: PatientOf;
  readonly hasPatients: boolean;
  /** Groups by column, `patient` left out. */
  readonly cohorts: ReadonlyMap<string, Cohorts>;
  readonly warnings: readonly Warning[];
}

/** Without a table: each case is a patient, and there are no groups. */
export const noGroups: CaseGroups = {
  cells: new Map(),
  patientOf: casePerPatient,
  hasPatients: false,
  cohorts: new Map(),
  warnings: [],
};

/** A column with more groups than this is a name, a date or a measurement. */
const MOST_GROUPS = 20;

/** Column that says whose a case is. */
const PATIENT = "patient";

/**
 * Reads a table of cases: the columns case (or id), patient where several cases are of one, and any others to group by.
 *
 * Errors: ConfigError C_INPUT when there is no such file; FormatError T_CSV, E_COLUMN, E_TWICE, E_CELL, and E_CASE that
 *         names the cases without a row
 */
export async function readCaseGroups(path: string | undefined, cases: readonly string[]): Promise<CaseGroups> {
  if (path === undefined) return noGroups;
  const bytes = await readList(path);
  if (bytes === undefined) throw missingError(path);
  const table = readCohortTable(bytes, path);
  const lacking = cases.filter((name) => !table.rows.has(name));
  if (lacking.length > 0) throw lackingError(path, lacking);
  const hasPatients = table.columns.includes(PATIENT);
  const patientOf = hasPatients ? patientsFrom(table, PATIENT) : casePerPatient;
  for (const name of cases) patientOf(name);
  const caseColumn = table.columns.includes("case") ? "case" : "id";
  const columns = table.columns.filter((column) => column !== caseColumn);
  const grouped = columns
    .filter((column) => column !== PATIENT)
    .map((column) => [column, cohortsByColumn(table, column, cases)] as const);
  const cellsOf = (column: string) => new Map(cases.map((name) => [name, table.rows.get(name)?.get(column) ?? ""]));
  return {
    cells: new Map(columns.map((column) => [column, cellsOf(column)])),
    patientOf,
    hasPatients,
    cohorts: new Map(grouped.filter(([, cohorts]) => cohorts.size <= MOST_GROUPS)),
    warnings: grouped.flatMap(([column, { size }]) => (size > MOST_GROUPS ? [columnWarning(column, size)] : [])),
  };
}

function columnWarning(column: string, groups: number): Warning {
  const text = `not grouped by it: ${groups} groups in it are more than ${MOST_GROUPS}`;
  return { code: "W_COLUMN", where: `column ${column}`, text };
}

function missingError(where: string): ConfigError {
  return new ConfigError({
    code: "C_INPUT",
    where,
    expected: "a CSV file",
    got: "nothing of that name",
    next: "Check the spelling",
  });
}

/** Cases that one message has room for. */
const MOST_SHOWN = 8;

function lackingError(where: string, cases: readonly string[]): FormatError {
  const others = cases.length > MOST_SHOWN ? ` and ${cases.length - MOST_SHOWN} others` : "";
  return new FormatError({
    code: "E_CASE",
    where,
    expected: "a row for each case",
    got: `none for ${cases.slice(0, MOST_SHOWN).join(", ")}${others}`,
    next: "Name the cases in the column case as the references' files are named, without their endings",
  });
}
