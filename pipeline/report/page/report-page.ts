import type { BenchmarkResults, Cell } from "../benchmark-results.ts";
import { htmlText } from "../html-text.ts";
import { htmlTable } from "../tables/html.ts";
import type { Table } from "../tables/table.ts";
import { inlineDrawing } from "./drawing.ts";
import { style } from "./style.ts";

/** What the page shows, all of it plain text but the drawings. */
export interface ReportPage {
  readonly results: BenchmarkResults;
  /** Of all data sets together. */
  readonly tables: readonly Table[];
  readonly rules: readonly string[];
  readonly sections: readonly DatasetSection[];
  /** Command lines that make the same results again. */
  readonly commands: readonly string[];
  /** Files that lie beside the page, for readers who want the numbers. */
  readonly files: readonly { readonly name: string; readonly holds: string }[];
}

/** The part of one data set. */
export interface DatasetSection {
  readonly name: string;
  /** What its numbers say, in sentences. */
  readonly findings: readonly string[];
  readonly tables: readonly Table[];
  readonly figures: readonly DrawnFigure[];
}

/** A drawing with its words. */
export interface DrawnFigure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** Described, as a file of its own. */
  readonly svg: string;
}

/** The whole report as one HTML file: it asks nothing of any other place, and runs nothing. */
export function reportPage(page: ReportPage): string {
  const { results, sections } = page;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${htmlText(results.title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${htmlText(results.title)}</h1>
${contents(sections)}
</header>
<main>
<section id="summary">
<h2>Summary</h2>
${list(sections.flatMap(({ findings }) => findings))}
${page.tables.map(htmlTable).join("\n")}
</section>
<section id="what">
<h2>What was done</h2>
${facts(results.facts)}
<h3>Rules</h3>
${list(page.rules)}
</section>
${sections.map(datasetSection).join("\n")}
${openCells(results)}
<section id="again">
<h2>How to make it again</h2>
${page.commands.map((command) => `<pre><code>${htmlText(command)}</code></pre>`).join("\n")}
<p>The numbers lie beside this page:</p>
<dl>${page.files.map(({ name, holds }) => `<dt>${htmlText(name)}</dt><dd>${htmlText(holds)}</dd>`).join("\n")}</dl>
</section>
</main>
</body>
</html>
`;
}

function contents(sections: readonly DatasetSection[]): string {
  const links = [
    { id: "summary", title: "Summary" },
    { id: "what", title: "What was done" },
    ...sections.map(({ name }, index) => ({ id: `data-${index + 1}`, title: name })),
    { id: "again", title: "How to make it again" },
  ];
  const items = links.map(({ id, title }) => `<li><a href="#${id}">${htmlText(title)}</a></li>`);
  return `<nav aria-label="Contents"><ul>${items.join("")}</ul></nav>`;
}

function list(texts: readonly string[]): string {
  return `<ul>\n${texts.map((text) => `<li>${htmlText(text)}</li>`).join("\n")}\n</ul>`;
}

function facts(all: BenchmarkResults["facts"]): string {
  return `<dl>\n${Object.entries(all)
    .map(([name, value]) => `<dt>${htmlText(name)}</dt><dd>${htmlText(value)}</dd>`)
    .join("\n")}\n</dl>`;
}

function datasetSection({ name, tables, figures }: DatasetSection, index: number): string {
  return `<section class="data" id="data-${index + 1}">
<h2>${htmlText(name)}</h2>
${tables.map(htmlTable).join("\n")}
${figures.map(figureOf).join("\n")}
</section>`;
}

function figureOf({ name, title, caption, svg }: DrawnFigure): string {
  return `<figure id="figure-${htmlText(name)}">
<div class="drawing">${inlineDrawing(svg, { name })}</div>
<figcaption><strong>${htmlText(title)}.</strong> ${htmlText(caption)}</figcaption>
</figure>`;
}

/** Cells without scores, and why. */
function openCells({ failures, missing, methods }: BenchmarkResults): string {
  if (failures.length + missing.length === 0) return "";
  const keys = new Set(methods.map(({ key }) => key));
  const rowOf = (cell: Cell, problem: string) => {
    const method = keys.has(cell.method) ? cell.method : `${cell.method} (unknown)`;
    const cells = [cell.dataset, method, `${cell.fold}`, `${cell.seed}`].map((text) => `<td>${htmlText(text)}</td>`);
    return `<tr>${cells.join("")}<td class="wrap">${htmlText(problem)}</td></tr>`;
  };
  const rows = [
    ...failures.map((cell) => rowOf(cell, cell.problem)),
    ...missing.map((cell) => rowOf(cell, "planned, not run yet")),
  ];
  const head = ["data set", "method", "fold", "seed", "problem"].map((title) => `<th scope="col">${title}</th>`);
  return `<section id="open">
<h2>Runs without scores</h2>
<p>They are in no table and no figure: ${failures.length} failed, ${missing.length} not run yet.</p>
<div class="scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>
</section>`;
}
