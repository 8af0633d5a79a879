import { textOf } from "../../volume/errors.ts";
import { isMeasured } from "../evaluate-cases.ts";
import type { Evaluation, MethodEvaluation } from "../evaluation.ts";
import { comparisonSections } from "./comparison-tables.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { cohortSections, conventionTables, metricSections, overviewTable, presenceTable } from "./method-tables.ts";
import { rulesText } from "./rules-text.ts";
import { publicProblem, warningRows } from "./warning-rows.ts";

/** The whole evaluation for people, as tables, with the rules by which they were made. */
export function summaryMarkdown(evaluation: Evaluation): string {
  const { methods } = evaluation;
  return [
    `# Evaluation of ${methods.map(({ name }) => markdownText(name)).join(", ")}`,
    ...methods.flatMap((method) => methodSections(method, evaluation)),
    ...comparisonSections(evaluation),
    ...refusedSection(methods),
    ...warningSection(evaluation),
    "## Methods",
    ...rulesText(evaluation).map(markdownText),
    "",
  ].join("\n\n");
}

function methodSections(method: MethodEvaluation, evaluation: Evaluation): readonly string[] {
  const { cases, name, conventions } = method;
  const measured = cases.filter(isMeasured).length;
  return [
    `## ${markdownText(name)}`,
    `${measured} of ${cases.length} cases measured. Mean ± standard deviation over the cases in which a value is defined.`,
    overviewTable(method, evaluation),
    "### Cases that have the class",
    presenceTable(method),
    ...metricSections(method, evaluation),
    ...cohortSections(method, evaluation),
    ...(conventions.length === 0 ? [] : ["### What other packages would have said", ...conventionTables(conventions)]),
  ];
}

function refusedSection(methods: readonly MethodEvaluation[]): readonly string[] {
  const rows = methods.flatMap(({ name, cases }) =>
    cases.flatMap((each) => (isMeasured(each) ? [] : [[name, each.case, textOf(publicProblem(each.problem))]])),
  );
  if (rows.length === 0) return [];
  return ["## Refused cases", markdownTable(["predictions", "case", "problem"], rows, { textColumns: 3 })];
}

function warningSection(evaluation: Evaluation): readonly string[] {
  const rows = warningRows(evaluation).map(({ code, cases, text }) => [code, cases, text]);
  if (rows.length === 0) return [];
  return ["## Warnings", markdownTable(["code", "cases", "what was odd"], rows, { textColumns: 3 })];
}
