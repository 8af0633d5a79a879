import { hasMarks, type RowGroup, type Table, type TableCell } from "./table.ts";

/** Rows that fit on a page. */
const MOST_ROWS = 42;

/** Goes before the first table: needs booktabs; every engine compiles it. */
export const latexPreamble = [
  "% Needs \\usepackage{booktabs} in the preamble; \\input this file where the tables belong.",
  "% Letters that pdfLaTeX has no font for are set by XeLaTeX and LuaLaTeX, and shown as numbers by pdfLaTeX.",
  "\\providecommand{\\unicodeletter}[2]{\\ifdefined\\Umathchar#1\\else\\texttt{#2}\\fi}",
  "",
].join("\n");

/** A table in LaTeX with booktabs rules; one that is longer than a page continues in another. */
export function latexTable(table: Table): string {
  const pages = pagesOf(table.groups);
  return pages.map((groups, page) => latexPage(table, { groups, page })).join("\n");
}

/** A text that LaTeX sets letter by letter, on one line. */
export function latexText(text: string): string {
  const letters = Array.from(text.normalize("NFC").replace(/[\s\p{Cc}]+/gu, " "), latexLetter).join("");
  // Two of these in a row would be drawn as one sign.
  return letters.replace(/([-'`,])(?=\1)|[?!](?=`)/g, "$&{}");
}

function latexPage(
  table: Table,
  { groups, page }: { readonly groups: readonly RowGroup[]; readonly page: number },
): string {
  const { name, title, columns, notes } = table;
  const rows = groups.flatMap((group, index) => [
    ...(index > 0 ? ["\\addlinespace"] : []),
    ...(group.title === undefined
      ? []
      : [`\\multicolumn{${columns.length}}{@{}l}{\\textit{${latexText(group.title)}}} \\\\`]),
    ...group.rows.map((row) => `${guarded(row.map(cellText).join(" & "))} \\\\`),
  ]);
  return [
    "\\begin{table*}",
    "\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}",
    `\\caption{${latexText(title)}${page === 0 ? "" : " (continued)"}}`,
    `\\label{tab:${name}${page === 0 ? "" : `-${page + 1}`}}`,
    `\\begin{tabular}{@{}${columns.map(({ align }, n) => columnOf(align, hasMarks(table.groups, n))).join("")}@{}}`,
    "\\toprule",
    `${guarded(columns.map((column) => latexText(column.title)).join(" & "))} \\\\`,
    "\\midrule",
    ...rows,
    "\\bottomrule",
    "\\end{tabular}",
    ...(notes.length === 0
      ? []
      : ["\\par\\smallskip", `\\parbox{\\linewidth}{\\scriptsize ${notes.map(latexText).join(" ")}}`]),
    "\\end{table*}",
    "",
  ].join("\n");
}

/** Marks stick out of their column, so that its numbers stay aligned; the room for them follows it. */
function columnOf(align: "left" | "right", isMarked: boolean): string {
  return `${align[0]}${isMarked ? "@{\\hspace{2.6em}}" : ""}`;
}

/** Groups stay whole: a page ends before the group that no longer fits. */
function pagesOf(groups: readonly RowGroup[]): readonly (readonly RowGroup[])[] {
  const pages: RowGroup[][] = [[]];
  let rows = 0;
  for (const group of groups) {
    if (rows > 0 && rows + group.rows.length > MOST_ROWS) {
      pages.push([]);
      rows = 0;
    }
    pages[pages.length - 1].push(group);
    rows += group.rows.length + 1;
  }
  return pages;
}

/** A line that begins with a star or a bracket would give it to the command before. */
function guarded(line: string): string {
  return /^[*[]/.test(line) ? `{}${line}` : line;
}

function cellText({ text, isBold = false, marks = "" }: TableCell): string {
  const plain = latexText(text);
  const raised = marks === "" ? "" : `\\rlap{\\textsuperscript{${latexText(marks)}}}`;
  return `${isBold ? `\\textbf{${plain}}` : plain}${raised}`;
}

/** Letters with a meaning in LaTeX, and letters that its first fonts lack but its commands have. */
const letters: Readonly<Record<string, string | undefined>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "%": "\\%",
  "#": "\\#",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\char34{}",
  "–": "--",
  "−": "$-$",
  "×": "$\\times$",
  "±": "$\\pm$",
  "≥": "$\\geq$",
  "≤": "$\\leq$",
  "†": "$\\dagger$",
  "°": "\\textdegree{}",
  µ: "$\\mu$",
};

function latexLetter(letter: string): string {
  const known = Object.hasOwn(letters, letter) ? letters[letter] : undefined;
  if (known !== undefined) return known;
  if (/[ -~À-ÅÇ-ÏÑ-ÖØ-Ýß-åç-ïñ-öø-ýÿ]/.test(letter)) return letter;
  const number = (letter.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  return `\\unicodeletter{${letter}}{U+${number}}`;
}
