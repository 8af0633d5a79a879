import { htmlText } from "../html-text.ts";
import { hasMarks, type Table, type TableCell } from "./table.ts";

/** A table in HTML with its title as caption and its notes below. */
export function htmlTable({ name, title, columns, groups, notes }: Table): string {
  const classes = columns.map(({ align }, n) => `${align}${hasMarks(groups, n) ? " marked" : ""}`);
  const head = columns.map((column, n) => `<th scope="col" class="${classes[n]}">${htmlText(column.title)}</th>`);
  const bodies = groups.map((group) => {
    const rows = group.rows.map((row) => `<tr>${row.map((cell, n) => cellOf(cell, classes[n], n)).join("")}</tr>`);
    return `<tbody>${headOf(group.title, columns.length)}${rows.join("\n")}</tbody>`;
  });
  return [
    `<figure class="table" id="table-${htmlText(name)}">`,
    '<div class="scroll"><table>',
    `<caption>${htmlText(title)}</caption>`,
    `<thead><tr>${head.join("")}</tr></thead>`,
    ...bodies,
    "</table></div>",
    ...notes.map((note) => `<p class="note">${htmlText(note)}</p>`),
    "</figure>",
  ].join("\n");
}

function headOf(title: string | undefined, columns: number): string {
  if (title === undefined) return "";
  return `<tr class="group"><th scope="rowgroup" colspan="${columns}">${htmlText(title)}</th></tr>\n`;
}

function cellOf({ text, isBold = false, marks = "" }: TableCell, classes: string, column: number): string {
  const plain = isBold ? `<strong>${htmlText(text)}</strong>` : htmlText(text);
  const content = `${plain}${marks === "" ? "" : `<sup>${htmlText(marks)}</sup>`}`;
  return column === 0 ? `<th scope="row">${content}</th>` : `<td class="${classes}">${content}</td>`;
}
