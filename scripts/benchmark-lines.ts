import {
  type CellEnd,
  type CellEvent,
  cellEstimator,
  cellsOfShard,
  endOfCell,
  type PlannedBenchmark,
  type PlannedCell,
  type Shard,
} from "../pipeline/index.ts";
import { durationText } from "./duration-text.ts";
import type { Terminal } from "./terminal.ts";

/** Says what becomes of a benchmark's cells, a line for each, and how long the rest may take. */
export interface CellLines {
  readonly show: (event: CellEvent) => void;
  readonly end: () => void;
}

/** Which cells there are lines for, and where they are said. */
export interface CellLinesOptions {
  readonly shard: Shard | undefined;
  /** Whether those that failed are begun again. */
  readonly retryFailed: boolean | undefined;
  readonly terminal: Terminal;
}

/** Lines for the cells of a shard. */
export async function cellLines(
  planned: PlannedBenchmark,
  { shard, retryFailed = false, terminal }: CellLinesOptions,
): Promise<CellLines> {
  const cells = cellsOfShard(planned.cells, shard);
  const ends = await Promise.all(cells.map((cell) => endOfCell(cell, planned)));
  const estimator = await cellEstimator(cells.filter((_, n) => ends[n]?.kind === "done"));
  const isLeft = (end: CellEnd | undefined) => end === undefined || (retryFailed && end.kind === "failed");
  const left = new Set(cells.filter((_, n) => isLeft(ends[n])));
  const progress = terminal.progress("cell");
  let started = 0;
  // What cells took beside what they were thought to: reading, validating and scoring are in the one alone.
  const spent = { really: 0, estimated: 0 };
  const say = (cell: PlannedCell, text: string) =>
    terminal.info(`[${cells.indexOf(cell) + 1}/${cells.length}] ${nameOf(cell)}: ${text}`);
  const ended = (cell: PlannedCell, text: string) => {
    left.delete(cell);
    const seconds = (performance.now() - started) / 1000;
    spent.really += seconds;
    spent.estimated += estimator.secondsOf(cell);
    const rest = [...left].reduce((sum, each) => sum + estimator.secondsOf(each), 0);
    // A cell that was gone on with took less than it takes.
    const longer = Math.max(1, spent.really / spent.estimated);
    say(
      cell,
      `${text} in ${durationText(seconds)}${left.size === 0 ? "" : `, about ${durationText(rest * longer)} left`}`,
    );
  };
  const show = (event: CellEvent) => {
    const { cell } = event;
    if (event.kind === "progress") {
      const { work, done, total } = event;
      return progress.update(`${nameOf(cell)} ${works[work]}`, done / total, `${work} ${done}/${total}`);
    }
    progress.end();
    if (event.kind === "started") {
      started = performance.now();
      terminal.detail(`${nameOf(cell)}: begun, ${cell.place.folder}`);
    } else if (event.kind === "elsewhere") {
      left.delete(cell);
      say(cell, "another process works on it");
    } else if (!event.isNew) terminal.detail(`${nameOf(cell)}: ${event.kind} before`);
    else if (event.kind === "failed") {
      ended(cell, "failed");
      terminal.warn(event.problem);
    } else {
      estimator.learn(cell, event.cost);
      ended(cell, `Dice ${event.meanDice.toFixed(4)}`);
    }
  };
  return { show, end: progress.end };
}

const works = { step: "trains", case: "is scored" } as const;

function nameOf({ dataset, method, fold, seed }: PlannedCell): string {
  return `${dataset} ${method} fold ${fold} seed ${seed}`;
}
