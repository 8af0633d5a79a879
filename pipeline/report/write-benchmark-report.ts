import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "../io/atomic-write.ts";
import { writeResultFolder } from "../io/result-folder.ts";
import { encodeDrawing } from "../io/svg-picture.ts";
import { randomFrom } from "../volume/random.ts";
import { analyseDataset, type DatasetAnalysis } from "./analysis/analyse-dataset.ts";
import type { BenchmarkResults } from "./benchmark-results.ts";
import type { Figure } from "./charts/figure.ts";
import { figuresOf } from "./charts/index.ts";
import { costsCsv, scoresCsv, sizesCsv, statisticsCsv, summaryCsv } from "./csv-tables.ts";
import { drawChart } from "./draw-chart.ts";
import { describedDrawing } from "./page/drawing.ts";
import { findingsOf } from "./page/findings.ts";
import { type DatasetSection, type DrawnFigure, reportPage } from "./page/report-page.ts";
import { rulesOf } from "./page/rules.ts";
import { reportedDatasets } from "./reported-dataset.ts";
import { acrossTable } from "./tables/across-table.ts";
import { classTable } from "./tables/class-table.ts";
import { costTable } from "./tables/cost-table.ts";
import { latexPreamble, latexTable } from "./tables/latex.ts";
import { markdownTable, markdownText } from "./tables/markdown.ts";
import { overviewTable } from "./tables/overview-table.ts";
import { sizeTable } from "./tables/size-table.ts";
import type { Table } from "./tables/table.ts";

/** How a report is made. */
export interface ReportOptions {
  /** Command lines that make the same results again. */
  readonly commands?: readonly string[] | undefined;
  /** Draws of every bootstrap; 2000 unless said. */
  readonly resamples?: number | undefined;
  /** Of every draw; 1 unless said. */
  readonly seed?: number | string | undefined;
  /** Stops between two data sets or figures. */
  readonly signal?: AbortSignal | undefined;
}

/** File that every report has: a folder without it is no report's and is never replaced. */
const PAGE = "report.html";

/**
 * Writes a folder with all that a benchmark's results come to: tables as CSV, Markdown and LaTeX, one HTML page, and each
 * figure as SVG and PNG. It appears whole, in the place of a former report.
 *
 * Errors: ConfigError C_FOREIGN for a folder with other files; EnvironmentError when it cannot be written; the signal's
 *         reason
 */
export async function writeBenchmarkReport(
  results: BenchmarkResults,
  folder: string,
  { commands = [], resamples = 2000, seed = 1, signal }: ReportOptions = {},
): Promise<void> {
  const analyses = analysesOf(results, { resamples, seed, signal });
  const fill = async (unpublished: string) => {
    const sections = await sectionsOf(analyses, { results, resamples, signal, folder: join(unpublished, FIGURES) });
    const texts = { results, analyses, sections, rules: rulesOf({ resamples, seed }), commands };
    for (const [name, text] of Object.entries(textsOf(texts))) await writeText(join(unpublished, name), text);
  };
  await writeResultFolder(folder, fill, {
    existing: "replace",
    marker: PAGE,
    ...(signal === undefined ? {} : { signal }),
  });
}

interface Texts {
  readonly results: BenchmarkResults;
  readonly analyses: readonly DatasetAnalysis[];
  readonly sections: readonly DatasetSection[];
  readonly rules: readonly string[];
  readonly commands: readonly string[];
}

/** Every file that is text, by name. */
function textsOf({ results, analyses, sections, rules, commands }: Texts): Readonly<Record<string, string>> {
  const across = [acrossTable(analyses)].filter((table) => table !== undefined);
  const tables = [...across, ...sections.flatMap((section) => section.tables)];
  return {
    "scores.csv": scoresCsv(results),
    "sizes.csv": sizesCsv(results),
    "summary.csv": summaryCsv(analyses),
    "statistics.csv": statisticsCsv(analyses),
    "costs.csv": costsCsv(results),
    "tables.md": `# ${markdownText(results.title)}\n\n${tables.map(markdownTable).join("\n")}`,
    "tables.tex": [latexPreamble, ...tables.map(latexTable)].join("\n"),
    [PAGE]: reportPage({ results, tables: across, rules, sections, commands, files }),
  };
}

const FIGURES = "figures";

/** What lies beside the page. */
const files = [
  { name: "scores.csv", holds: "every score of every run, a row each" },
  { name: "sizes.csv", holds: "how large every structure is in its reference" },
  { name: "summary.csv", holds: "mean, interval and quartiles of each class, method and metric" },
  { name: "statistics.csv", holds: "every comparison with the baseline and with the best: tests and effect sizes" },
  { name: "costs.csv", holds: "what every run cost" },
  { name: "tables.md, tables.tex", holds: "the tables of this page as Markdown and LaTeX" },
  { name: `${FIGURES}/`, holds: "the figures of this page as SVG and PNG" },
];

interface Settings {
  readonly resamples: number;
  readonly seed: number | string;
  readonly signal: AbortSignal | undefined;
}

function analysesOf(results: BenchmarkResults, { resamples, seed, signal }: Settings): readonly DatasetAnalysis[] {
  return reportedDatasets(results).map((dataset) => {
    signal?.throwIfAborted();
    return analyseDataset(dataset, {
      baseline: results.baseline,
      resamples,
      random: randomFrom(seed).fork(dataset.name),
    });
  });
}

interface SectionOptions {
  readonly results: BenchmarkResults;
  readonly resamples: number;
  readonly signal: AbortSignal | undefined;
  /** Where figures are written. */
  readonly folder: string;
}

async function sectionsOf(
  analyses: readonly DatasetAnalysis[],
  { results, resamples, signal, folder }: SectionOptions,
): Promise<readonly DatasetSection[]> {
  const sections: DatasetSection[] = [];
  await mkdir(folder);
  for (const analysis of analyses) {
    const figures: DrawnFigure[] = [];
    for (const figure of figuresOf(analysis, { resamples })) {
      signal?.throwIfAborted();
      figures.push(await writtenFigure(figure, folder));
    }
    sections.push({
      name: analysis.dataset.name,
      findings: findingsOf(analysis, results),
      tables: tablesOf(analysis, results),
      figures,
    });
  }
  return sections;
}

function tablesOf(analysis: DatasetAnalysis, { baseline }: BenchmarkResults): readonly Table[] {
  const all = [overviewTable(analysis), classTable(analysis, { baseline }), sizeTable(analysis), costTable(analysis)];
  return all.filter((table) => table !== undefined);
}

async function writtenFigure(figure: Figure, folder: string): Promise<DrawnFigure> {
  const svg = describedDrawing(await drawChart(figure.chart), figure);
  const png = await encodeDrawing(svg, { scale: PNG_SCALE });
  await writeText(join(folder, `${figure.name}.svg`), svg);
  await writeFileWhole(join(folder, `${figure.name}.png`), (append) => append(png));
  return { ...figure, svg };
}

/** Pixels per unit: 300 to the inch for a figure as wide as a page. */
const PNG_SCALE = 3;

async function writeText(path: string, text: string): Promise<void> {
  await writeFileWhole(path, (append) => append(Buffer.from(text)));
}
