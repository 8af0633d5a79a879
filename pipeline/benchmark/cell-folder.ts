import { join } from "node:path";
import type { RunFolder } from "../train/run-folder.ts";
import { runFolderAt } from "../train/run-folder.ts";
import { readRecord, writeJson } from "../train/run-inputs.ts";

export { readRecord } from "../train/run-inputs.ts";

/** Where everything about a cell lies. */
export interface CellFolder {
  readonly folder: string;
  /** What was trained on what. */
  readonly cell: string;
  /** How many steps its minutes have room for. */
  readonly calibration: string;
  readonly calibrationRun: RunFolder;
  readonly run: RunFolder;
  /** Made when training is over. */
  readonly trained: string;
  readonly peakMemory: string;
  readonly scores: string;
  readonly cost: string;
  readonly state: string;
  /** Folder of the held-out cases' files. */
  readonly cases: string;
  /** Of a held-out case, by its place in the split. */
  readonly caseFiles: (index: number) => CaseFiles;
}

/** Where a held-out case's results lie. */
export interface CaseFiles {
  readonly labels: string;
  /** Made once the labels are there. */
  readonly inference: string;
  readonly scores: string;
}

/** The places in a cell's folder. */
export function cellFolderAt(folder: string): CellFolder {
  const at = (...path: string[]) => join(folder, ...path);
  return {
    folder,
    cell: at("cell.json"),
    calibration: at("calibration.json"),
    calibrationRun: runFolderAt(at("calibration")),
    run: runFolderAt(at("run")),
    trained: at("trained.json"),
    peakMemory: at("peak-memory.json"),
    scores: at("scores.csv"),
    cost: at("cost.json"),
    state: at("state.json"),
    cases: at("cases"),
    caseFiles: (index) => {
      const stem = String(index).padStart(4, "0");
      return {
        labels: at("cases", `${stem}.nii.gz`),
        inference: at("cases", `${stem}.inference.json`),
        scores: at("cases", `${stem}.scores.json`),
      };
    },
  };
}

/** How a cell ended. */
export type CellState =
  | { readonly state: "done" /** Of the rules that it was scored by. */; readonly rules: string }
  | { readonly state: "failed"; readonly problem: string };

/** How a cell ended; undefined while it has not. */
export function readCellState({ state }: CellFolder): Promise<CellState | undefined> {
  return readRecord<CellState>(state);
}

/** Says how a cell ended. */
export function writeCellState({ state }: CellFolder, value: CellState): Promise<void> {
  return writeJson(state, value);
}
