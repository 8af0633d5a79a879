import { readFile } from "node:fs/promises";
import { type Evaluation, evaluationOverview, evaluationWarnings, isMeasured, textOf } from "../pipeline/index.ts";
import { numberColumns, tableOf, textColumns } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";

/** How an evaluation is shown. */
export interface PrintEvaluationOptions {
  readonly terminal: Terminal;
  /** File to print instead of tables. */
  readonly summary: string | undefined;
}

/** Refusals that a terminal has room for. */
const MOST_SHOWN = 20;

/** Says what was measured, and returns how many cases were refused. */
export async function printEvaluation(
  evaluation: Evaluation,
  { terminal, summary }: PrintEvaluationOptions,
): Promise<number> {
  if (summary !== undefined) process.stdout.write(await readFile(summary, "utf8"));
  else for (const table of evaluationOverview(evaluation)) printTable(table);
  for (const { code, cases, text } of evaluationWarnings(evaluation)) terminal.warn(`${code} ${cases}: ${text}`);
  const refused = evaluation.methods.flatMap(({ cases }) => cases.flatMap((each) => (isMeasured(each) ? [] : [each])));
  for (const { problem } of refused.slice(0, MOST_SHOWN)) terminal.warn(`refused: ${problem.code} ${textOf(problem)}`);
  if (refused.length > MOST_SHOWN) terminal.warn(`refused: ${refused.length - MOST_SHOWN} others, named in summary.md`);
  const [{ cases }] = evaluation.methods;
  terminal.info(`${cases.filter(isMeasured).length} of ${cases.length} cases measured`);
  return refused.length;
}

function printTable({ title, heads, rows }: ReturnType<typeof evaluationOverview>[number]): void {
  const columns = [...textColumns(heads[0]), ...numberColumns(...heads.slice(1))];
  process.stdout.write(`\n${printable(title)}\n${tableOf(columns, rows)}\n`);
}
