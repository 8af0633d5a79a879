import { csvText } from "../../io/csv-text.ts";
import { isMeasured } from "../evaluate-cases.ts";
import type { Evaluation, MethodEvaluation } from "../evaluation.ts";

/**
 * Every score in a row of its own, as statistics programs want them.
 *
 * Empty:  a cell that is empty where the metric is not defined
 * Source: RFC 4180; a name that a spreadsheet would take for a formula gets an apostrophe
 */
export function scoresCsv({ methods, metrics }: Evaluation): string {
  const unitOf = new Map(metrics.map(({ key, unit }) => [key, unit]));
  const rows = methods.flatMap(({ name, scores }) =>
    scores.map((score) => [name, score.case, score.label, score.metric, score.value, unitOf.get(score.metric)]),
  );
  return csvText(["predictions", "case", "class", "metric", "value", "unit"], rows);
}

/**
 * Every case in a row of its own: what became of it, whose it is, its groups, and volumes and scores class by class.
 *
 * Empty:  as `scoresCsv`; a refused case has its problem instead of numbers
 */
export function casesCsv(evaluation: Evaluation): string {
  const { methods, groups, classes, metrics } = evaluation;
  const columns = [
    ...["predictions", "case", "status", "problem", "resampled"],
    ...groups.keys(),
    ...classes.flatMap(({ name }) => [
      `${name}: reference ml`,
      `${name}: prediction ml`,
      ...metrics.map(({ key, unit }) => `${name}: ${key}${unit === "" ? "" : ` ${unit}`}`),
    ]),
  ];
  return csvText(
    columns,
    methods.flatMap((method) => caseRows(method, evaluation)),
  );
}

function caseRows({ name, cases }: MethodEvaluation, { groups, metrics }: Evaluation) {
  return cases.map((each) => {
    const own = [...groups.values()].map((cells) => cells.get(each.case));
    if (!isMeasured(each)) return [name, each.case, "refused", each.problem.code, undefined, ...own];
    const { classes, voxelMl, wasResampled } = each;
    const numbers = classes.flatMap(({ reference, prediction, values }) => [
      reference * voxelMl,
      prediction * voxelMl,
      ...metrics.map(({ key }) => values[key]),
    ]);
    return [name, each.case, "measured", undefined, wasResampled ? "yes" : "no", ...own, ...numbers];
  });
}
