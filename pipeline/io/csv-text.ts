import { stringify } from "csv-stringify/sync";

/**
 * Rows as a CSV text with a heading.
 *
 * Numbers are written as they are, text so that no spreadsheet takes it for a formula; NaN stays empty.
 *
 * Source: RFC 4180
 */
export function csvText(
  columns: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  const cells = rows.map((row) => row.map((cell) => (Number.isNaN(cell) ? undefined : cell)));
  // The formula guard leaves numbers alone, whose minus sign it would take for a formula in text.
  return stringify(cells, { header: true, columns: [...columns], escape_formulas: true });
}
