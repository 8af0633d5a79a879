import type { Table, TableCell } from "./table.ts";

/** A table in GitHub's Markdown, with its title before and its notes behind it. */
export function markdownTable({ title, columns, groups, notes }: Table): string {
  const head = line(columns.map((column) => markdownText(column.title)));
  const rule = line(columns.map(({ align }) => (align === "right" ? "---:" : "---")));
  const rows = groups.flatMap((group) => [
    ...(group.title === undefined
      ? []
      : [line(columns.map((_, n) => (n === 0 ? `*${markdownText(group.title ?? "")}*` : "")))]),
    ...group.rows.map((row) => line(row.map(cellText))),
  ]);
  return [
    `## ${markdownText(title)}`,
    "",
    head,
    rule,
    ...rows,
    "",
    ...notes.flatMap((note) => [markdownText(note), ""]),
  ].join("\n");
}

/** A text that Markdown shows letter by letter, on one line. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_{}[\]#|~]/g, "\\$&");
}

function cellText({ text, isBold = false, marks = "" }: TableCell): string {
  const plain = markdownText(text);
  return `${isBold ? `**${plain}**` : plain}${marks === "" ? "" : ` ${markdownText(marks)}`}`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
