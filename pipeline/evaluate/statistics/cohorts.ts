import { csvRows } from "../../io/read-csv.ts";
import { ConfigError, FormatError } from "../../volume/errors.ts";
import type { PatientOf } from "./by-patient.ts";
import { quantileOfSorted } from "./describe.ts";
import { groupedBy } from "./grouped.ts";

/** What is known of each case: patient, scanner, reader, and whatever else the table has a column for. */
export interface CohortTable {
  /** File it was read from. */
  readonly where: string;
  readonly columns: readonly string[];
  /** Case, then column. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Cases of each group; every case is in one. */
export type Cohorts = ReadonlyMap<string, readonly string[]>;

/** Group of the cases whose cell is empty. */
const EMPTY = "(none)";

/**
 * Reads a table with a row per case, named by the column `case` or else `id`; it may list cases without scores.
 *
 * Column names are taken in lower case. Commas, semicolons or tabs part the columns, whichever the first line has.
 *
 * Errors: FormatError T_CSV, E_COLUMN without such a column, E_TWICE for a case or column that comes twice
 */
export function readCohortTable(bytes: Uint8Array, where: string): CohortTable {
  const [header = [], ...cells] = csvRows(bytes, { where, next: "The first line names the columns" });
  const columns = header.map((name) => name.toLowerCase());
  const caseColumn = columns.indexOf(columns.includes("case") ? "case" : "id");
  if (caseColumn < 0) throw tableError("E_COLUMN", { where, expected: "a column case or id", got: columns.join(", ") });
  const repeated = columns.find((name, index) => columns.indexOf(name) < index);
  if (repeated !== undefined)
    throw tableError("E_TWICE", { where, expected: "each column once", got: `two of ${repeated}` });
  const rows = new Map<string, ReadonlyMap<string, string>>();
  for (const row of cells) {
    const name = row[caseColumn];
    if (rows.has(name)) throw tableError("E_TWICE", { where, expected: "one row per case", got: `two of ${name}` });
    rows.set(name, new Map(columns.map((column, index) => [column, row[index]])));
  }
  return { where, columns, rows };
}

/**
 * Groups cases by what a column says of them; those of an empty cell are the group `(none)`.
 *
 * Errors: FormatError E_COLUMN for a column that the table lacks, E_CASE for a case that it lacks
 */
export function cohortsByColumn(table: CohortTable, column: string, cases: readonly string[]): Cohorts {
  return groupedBy(cases, (name) => cellOf(table, column, name) || EMPTY);
}

/**
 * The patient of each case, as a column says it.
 *
 * Errors: as `cohortsByColumn` when asked; E_CELL for a case whose cell is empty
 */
export function patientsFrom(table: CohortTable, column = "patient"): PatientOf {
  return (name) => {
    const patient = cellOf(table, column, name);
    if (patient !== "") return patient;
    throw tableError("E_CELL", { where: table.where, expected: `a ${column} for ${name}`, got: "an empty cell" });
  };
}

function cellOf({ where, columns, rows }: CohortTable, column: string, name: string): string {
  if (!columns.includes(column.toLowerCase()))
    throw tableError("E_COLUMN", { where, expected: `a column ${column}`, got: columns.join(", ") });
  const row = rows.get(name);
  if (row === undefined) throw tableError("E_CASE", { where, expected: `a row for case ${name}`, got: "none" });
  return row.get(column.toLowerCase()) ?? "";
}

function tableError(
  code: string,
  problem: { readonly where: string; readonly expected: string; readonly got: string },
) {
  return new FormatError({ code, ...problem, next: "Correct the table" });
}

/** Groups of `sizeTertiles`, in this order. */
const sizeGroups = ["small", "medium", "large", "absent"] as const;

/**
 * Groups cases by the size of a structure in the reference: small, medium, large by tertiles, and absent.
 *
 * A size on a tertile is in the group below it, so equal sizes stay together and groups may differ in number. Sizes of
 * 0 are absent and have no say in the tertiles; a group without a case is left out.
 *
 * Units:  any, the same for all cases: mm3 where spacings differ
 * Source: the split of arXiv:2506.14844 by gland size
 */
export function sizeTertiles(sizes: ReadonlyMap<string, number>): Cohorts {
  const present = Float64Array.from([...sizes.values()].filter((size) => size > 0)).sort();
  const [first, second] = [quantileOfSorted(present, 1 / 3), quantileOfSorted(present, 2 / 3)];
  const groupOf = (size: number): (typeof sizeGroups)[number] => {
    if (!(size > 0)) return "absent";
    return size <= first ? "small" : size <= second ? "medium" : "large";
  };
  const found = groupedBy([...sizes], ([, size]) => groupOf(size));
  return new Map(
    sizeGroups.flatMap((group) => {
      const cases = found.get(group)?.map(([name]) => name);
      return cases === undefined ? [] : [[group, cases]];
    }),
  );
}

/**
 * The scores of each group.
 *
 * Errors: ConfigError E_CASE for a score of a case that is in no group
 */
export function scoresByCohort<Scored extends { readonly case: string }>(
  scores: readonly Scored[],
  cohorts: Cohorts,
): ReadonlyMap<string, readonly Scored[]> {
  const groupOf = new Map([...cohorts].flatMap(([group, cases]) => cases.map((name) => [name, group] as const)));
  const found = groupedBy(scores, (score) => groupOf.get(score.case) ?? noGroup(score.case));
  return new Map([...cohorts.keys()].map((group) => [group, found.get(group) ?? []]));
}

function noGroup(name: string): never {
  throw new ConfigError({
    code: "E_CASE",
    where: "cohorts",
    expected: `case ${name} in one of them`,
    got: "it in none",
    next: "Group all cases that have scores",
  });
}
