import {
  type CellEnd,
  cellEstimator,
  cellsOfShard,
  endOfCell,
  type PlannedBenchmark,
  type PlannedCell,
  type Shard,
} from "../pipeline/index.ts";
import { durationText } from "./duration-text.ts";
import { numberColumns, tableOf, textColumns } from "./table.ts";

/** The cells of a shard, what has become of each, and how long those that are left may take. */
export async function planTable(planned: PlannedBenchmark, shard: Shard | undefined): Promise<string> {
  const cells = cellsOfShard(planned.cells, shard);
  const ends = await Promise.all(cells.map((cell) => endOfCell(cell, planned)));
  const estimator = await cellEstimator(cells.filter((_, n) => ends[n]?.kind === "done"));
  const secondsLeft = cells.map((cell, n) => (ends[n] === undefined ? estimator.secondsOf(cell) : 0));
  const rows = cells.map((cell, n) => [
    ...[cell.dataset, cell.method, String(cell.fold), String(cell.seed)],
    cell.hash.slice(0, 8),
    stateText(ends[n]),
    budgetText(cell),
    `${cell.split.training.length} + ${cell.split.validation.length}`,
    ends[n] === undefined ? durationText(secondsLeft[n]) : "",
  ]);
  const columns = [
    ...textColumns("data set", "method"),
    ...numberColumns("fold", "seed"),
    ...textColumns("cell", "state"),
    ...numberColumns("budget", "cases", "about"),
  ];
  const left = ends.filter((end) => end === undefined).length;
  const total = secondsLeft.reduce((sum, seconds) => sum + seconds, 0);
  return `${tableOf(columns, rows)}\n${left} of ${cells.length} cells left, about ${durationText(total)}`;
}

function stateText(end: CellEnd | undefined): string {
  return end?.kind ?? "to do";
}

function budgetText({ budget }: PlannedCell): string {
  return "steps" in budget ? `${budget.steps} steps` : `${budget.minutes} min`;
}
