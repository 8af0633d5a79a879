/** A table as text, before it is Markdown, LaTeX or HTML; every text is plain and may hold anything. */
export interface Table {
  /** Letters, digits and hyphens. */
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
  /** What the marks and numbers mean. */
  readonly notes: readonly string[];
}

/** Head of a column. */
export interface Column {
  readonly title: string;
  /** Numbers are set right. */
  readonly align: "left" | "right";
}

/** Rows that belong together. */
export interface RowGroup {
  /** Over the rows. */
  readonly title?: string;
  readonly rows: readonly (readonly TableCell[])[];
}

/** One entry of a table. */
export interface TableCell {
  readonly text: string;
  readonly isBold?: boolean;
  /** Raised behind the text. */
  readonly marks?: string;
}

/** Whether any entry of a column has marks: its numbers are aligned without them. */
export function hasMarks(groups: readonly RowGroup[], column: number): boolean {
  return groups.some(({ rows }) => rows.some((row) => (row[column].marks ?? "") !== ""));
}

/** What stands where nothing was measured. */
export const NOTHING = "–";
