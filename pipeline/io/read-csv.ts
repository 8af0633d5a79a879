import { CsvError, parse } from "csv-parse/sync";
import { FormatError } from "../volume/errors.ts";

/**
 * The cells of a table, row by row, the heading first.
 *
 * Commas, semicolons or tabs part the columns, whichever the first line has; empty lines are skipped.
 *
 * Errors: FormatError T_CSV, whose `next` the caller gives, unless all rows have the same number of cells
 */
export function csvRows(
  bytes: Uint8Array,
  { where, next }: { readonly where: string; readonly next: string },
): readonly (readonly string[])[] {
  const content = Buffer.from(bytes);
  const [firstLine] = content.toString("utf8", 0, 2 ** 16).split("\n", 1);
  const delimiter = ["\t", ";"].find((each) => firstLine.includes(each)) ?? ",";
  try {
    return parse(content, { bom: true, delimiter, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const expected = "as many cells in each row as in the first";
    throw new FormatError({ code: "T_CSV", where, expected, got: error.code, next });
  }
}
