import { mkdir, rm } from "node:fs/promises";
import { meanDiceOf } from "../evaluate/confusion.ts";
import { sweepTemporary, writeFileWhole } from "../io/atomic-write.ts";
import { csvText } from "../io/csv-text.ts";
import { watchPeakMemory } from "../io/process-memory.ts";
import { writeJson } from "../train/run-inputs.ts";
import { type CaseScores, readCaseScores } from "./case-records.ts";
import { type CellCost, cellCost, readPeakMemory } from "./cell-cost.ts";
import { writeCellState } from "./cell-folder.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { type ScoreCellOptions, scoreCell } from "./score-cell.ts";
import { rulesKeyOf } from "./scoring-rules.ts";
import { type TrainCellOptions, trainCell } from "./train-cell.ts";

/** How a cell is run. */
export type RunCellOptions = TrainCellOptions &
  Omit<ScoreCellOptions, "onCase"> & {
    readonly onCase?: ((done: number, total: number) => void) | undefined;
  };

/** What a cell came to, in short. */
export interface CellSummary {
  /** Over its cases, of the mean over each case's classes; NaN where none has any. */
  readonly meanDice: number;
  readonly cost: CellCost;
}

/**
 * Trains a cell, scores it, and writes what came of it; ended at any instant, it goes on where it was.
 *
 * Errors: as `trainCell` and `scoreCell`; what is wrong with the disk
 */
export async function runCell(cell: PlannedCell, options: RunCellOptions): Promise<CellSummary> {
  const { place, dataset, method, fold, seed, hash, plan, config, budget, split, study } = cell;
  await mkdir(place.cases, { recursive: true });
  for (const folder of [place.folder, place.cases, place.run.folder]) await sweepTemporary(folder);
  const data = study.hash;
  await writeJson(place.cell, { hash, dataset, method, fold, seed, budget, config, plan, split, data });
  const memory = watchPeakMemory();
  const note = () => notePeakMemory(cell, memory.peakBytes());
  try {
    await trainCell(cell, options);
    await note();
    await scoreCell(cell, {
      ...options,
      onCase: async (done, total) => {
        await note();
        options.onCase?.(done, total);
      },
    });
  } finally {
    memory.stop();
  }
  const rules = rulesKeyOf(options.rules);
  const records = await caseScoresOf(cell, rules);
  await writeScores(cell, records);
  const cost = await cellCost(cell);
  await writeJson(place.cost, cost);
  await writeCellState(place, { state: "done", rules });
  return { meanDice: meanOf(records.map(({ confusion }) => meanDiceOf(confusion))), cost };
}

/** What is known of a cell's cases by some rules, in the order of its split. */
export async function caseScoresOf({ place, split }: PlannedCell, rules: string): Promise<readonly CaseScores[]> {
  const records = await Promise.all(split.validation.map((_, index) => readCaseScores(place.caseFiles(index), rules)));
  return records.flatMap((record) => record ?? []);
}

function meanOf(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** Forgets all that was done of a cell. */
export async function forgetCell({ place }: PlannedCell): Promise<void> {
  const { calibration, calibrationRun, run, trained, peakMemory, scores, cost, state } = place;
  const made = [calibration, calibrationRun.folder, run.folder, trained, peakMemory, scores, cost];
  // The state last: a process that ends before leaves the cell as it was, failed.
  for (const path of [...made, place.cases, state]) await rm(path, { recursive: true, force: true });
}

/** The most that any of the processes that worked on the cell saw. */
async function notePeakMemory(cell: PlannedCell, bytes: number): Promise<void> {
  const known = await readPeakMemory(cell);
  if (!(known >= bytes)) await writeJson(cell.place.peakMemory, { bytes });
}

const COLUMNS = ["case", "patient", "label", "metric", "value"];

/** One row for each metric of each class of each case. */
async function writeScores({ place, study }: PlannedCell, records: readonly CaseScores[]): Promise<void> {
  const patientOf = new Map(study.dataset.training.map(({ id, patient }) => [id, patient]));
  const rows = records.flatMap(({ case: id, scores }) =>
    scores.map(({ label, metric, value }) => [id, patientOf.get(id), label, metric, value]),
  );
  await writeFileWhole(place.scores, (append) => append(Buffer.from(csvText(COLUMNS, rows))));
}
