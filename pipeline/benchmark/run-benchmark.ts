import { claimFolder } from "../io/claim-folder.ts";
import { EnvironmentError } from "../volume/errors.ts";
import { type CellState, readCellState, writeCellState } from "./cell-folder.ts";
import type { PlannedBenchmark } from "./plan-benchmark.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { type CellSummary, forgetCell, type RunCellOptions, runCell } from "./run-cell.ts";
import { rulesKeyOf, scoringRulesOf } from "./scoring-rules.ts";

/** One of several machines that share a benchmark's cells. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

/** How a benchmark is run. */
export type RunBenchmarkOptions = Omit<RunCellOptions, "rules" | "onSteps" | "onCase"> & {
  readonly shard?: Shard | undefined;
  /** Begin again with cells that failed. */
  readonly retryFailed?: boolean | undefined;
  readonly onCell?: ((event: CellEvent) => void) | undefined;
};

/** What happens to a cell. */
export type CellEvent = { readonly cell: PlannedCell } & (
  | { readonly kind: "started" }
  /** Steps of training, or cases that are scored. */
  | { readonly kind: "progress"; readonly work: "step" | "case"; readonly done: number; readonly total: number }
  | CellEnd
);

/** How a cell ended, or that it ended earlier, or that another process works on it. */
export type CellEnd =
  | { readonly kind: "done"; readonly isNew: false }
  | ({ readonly kind: "done"; readonly isNew: true } & CellSummary)
  | { readonly kind: "failed"; readonly isNew: boolean; readonly problem: string }
  | { readonly kind: "elsewhere" };

/** Cells by how they ended. */
export interface BenchmarkOutcome {
  readonly done: readonly PlannedCell[];
  readonly failed: readonly PlannedCell[];
  readonly elsewhere: readonly PlannedCell[];
}

/**
 * Runs every cell that is not done, one after the other; one that fails costs no other.
 *
 * Ended at any instant, it goes on where it was when it is run again. Several processes may work in one folder: a cell that one of
 * them works on is left alone by the others.
 *
 * Errors: what is wrong with the machine; the signal's reason
 */
export async function runBenchmark(
  { spec, cells }: PlannedBenchmark,
  options: RunBenchmarkOptions,
): Promise<BenchmarkOutcome> {
  const rules = scoringRulesOf(spec);
  const outcome = { done: [] as PlannedCell[], failed: [] as PlannedCell[], elsewhere: [] as PlannedCell[] };
  for (const cell of cellsOfShard(cells, options.shard)) {
    options.signal?.throwIfAborted();
    const end = await settled(cell, { ...options, rules });
    outcome[end.kind].push(cell);
    options.onCell?.({ cell, ...end });
  }
  return outcome;
}

/** The cells that are a machine's own: each shard's are no other's, and all shards' together are all. */
export function cellsOfShard(cells: readonly PlannedCell[], shard: Shard | undefined): readonly PlannedCell[] {
  return shard === undefined ? cells : cells.filter((_, index) => index % shard.count === shard.number - 1);
}

/** How a cell ended, by the rules of the benchmark; undefined while it has not. */
export async function endOfCell(
  cell: PlannedCell,
  { spec }: Pick<PlannedBenchmark, "spec">,
): Promise<CellEnd | undefined> {
  return knownEnd(await readCellState(cell.place), { rules: scoringRulesOf(spec) });
}

type SettleOptions = RunBenchmarkOptions & Pick<RunCellOptions, "rules">;

async function settled(cell: PlannedCell, options: SettleOptions): Promise<CellEnd> {
  const known = knownEnd(await readCellState(cell.place), options);
  if (known !== undefined) return known;
  const claim = await claimFolder(cell.place.folder);
  if (claim === undefined) return { kind: "elsewhere" };
  try {
    // Whoever held it before may have finished it.
    const state = await readCellState(cell.place);
    const known = knownEnd(state, options);
    if (known !== undefined) return known;
    if (state?.state === "failed") await forgetCell(cell);
    return await attempted(cell, options);
  } finally {
    await claim.release();
  }
}

function knownEnd(
  state: CellState | undefined,
  { rules, retryFailed }: Pick<SettleOptions, "rules" | "retryFailed">,
): CellEnd | undefined {
  if (state?.state === "done" && state.rules === rulesKeyOf(rules)) return { kind: "done", isNew: false };
  if (state?.state !== "failed" || retryFailed) return undefined;
  return { kind: "failed", isNew: false, problem: state.problem };
}

async function attempted(cell: PlannedCell, { onCell, ...options }: SettleOptions): Promise<CellEnd> {
  const progress = (work: "step" | "case") => (done: number, total: number) =>
    onCell?.({ cell, kind: "progress", work, done, total });
  onCell?.({ cell, kind: "started" });
  try {
    const summary = await runCell(cell, { ...options, onSteps: progress("step"), onCase: progress("case") });
    return { kind: "done", isNew: true, ...summary };
  } catch (error) {
    options.signal?.throwIfAborted();
    // A full disk would fail every cell that is left.
    if (error instanceof EnvironmentError || !(error instanceof Error)) throw error;
    await writeCellState(cell.place, { state: "failed", problem: error.message });
    return { kind: "failed", isNew: true, problem: error.message };
  }
}
