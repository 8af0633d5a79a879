import Table from "cli-table3";
import { printable } from "./terminal.ts";

/** A column's heading; numbers stand right. */
export interface Column {
  readonly head: string;
  readonly align?: "left" | "right";
}

/** Rows as a table without colours; control characters in the cells are made visible. */
export function tableOf(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align = "left" }) => align),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(row.map(printable));
  return table.toString();
}

/** Columns of text. */
export function textColumns(...heads: readonly string[]): readonly Column[] {
  return heads.map((head) => ({ head }));
}

/** Columns of numbers. */
export function numberColumns(...heads: readonly string[]): readonly Column[] {
  return heads.map((head) => ({ head, align: "right" }));
}
