import { rm } from "node:fs/promises";
import { cascadeFolderAt } from "../train/cascade/cascade-folder.ts";
import { writeCascade } from "../train/cascade/set-up-cascade.ts";
import { trainCascadeRun } from "../train/cascade/train-cascade.ts";
import { medianOf } from "../train/plan/target-spacing.ts";
import type { RunFolder } from "../train/run-folder.ts";
import { writeJson } from "../train/run-inputs.ts";
import { type RunInputs, writeRun } from "../train/set-up-run.ts";
import { trainRun } from "../train/train-bundle.ts";
import { type LogRecord, readLog } from "../train/training-log.ts";
import { readRecord } from "./cell-folder.ts";
import { machineText } from "./machine-text.ts";
import type { PlannedCell } from "./plan-cells.ts";

/** What training is done with. */
export interface TrainCellOptions {
  /** Where prepared cases are kept. */
  readonly cache: string;
  readonly device?: string | undefined;
  readonly threads?: number | undefined;
  readonly workers?: number | undefined;
  readonly onSteps?: ((taken: number, steps: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A cell whose bundle is there. */
export interface TrainedCell {
  readonly steps: number;
  readonly device: string;
  readonly machine: string;
}

/**
 * Trains a cell, or goes on from its last checkpoint, or remembers that it is trained.
 *
 * Errors: as `trainRun`
 */
export async function trainCell(cell: PlannedCell, options: TrainCellOptions): Promise<TrainedCell> {
  const known = await readRecord<TrainedCell>(cell.place.trained);
  if (known !== undefined) return known;
  const { steps, device } = cell.cascade === undefined ? await trainOne(cell, options) : await trainAll(cell, options);
  const trained = { steps, device, machine: machineText() };
  await writeJson(cell.place.trained, trained);
  return trained;
}

async function trainOne(cell: PlannedCell, options: TrainCellOptions): Promise<Pick<TrainedCell, "steps" | "device">> {
  const steps = await stepsOf(cell, options);
  const { device } = await train(cell.place.run, inputsOf(cell, { steps }), options);
  return { steps, device };
}

/** The networks of a cascade, which share the cell's steps. */
async function trainAll(
  { place, study, cascade, config: { steps }, split }: PlannedCell,
  { onSteps, ...options }: TrainCellOptions,
): Promise<Pick<TrainedCell, "steps" | "device">> {
  if (cascade === undefined) throw new Error("the cell trains one network");
  const { dataset, fingerprint } = study;
  const inputs = { dataset, fingerprint, config: cascade, split };
  const run = cascadeFolderAt(place.run.folder);
  await writeCascade(run, inputs);
  let taken = 0;
  const onRecord = ({ kind }: LogRecord) => kind === "step" && onSteps?.(++taken, steps);
  return trainCascadeRun({ place: run, inputs }, { ...options, onRecord });
}

function inputsOf({ study, plan, config, split }: PlannedCell, own: Partial<PlannedCell["config"]>): RunInputs {
  return { dataset: study.dataset, plan, config: { ...config, ...own }, split };
}

async function train(place: RunFolder, inputs: RunInputs, { onSteps, ...options }: TrainCellOptions) {
  await writeRun(place, inputs);
  const onRecord = ({ kind, step }: LogRecord) => kind === "step" && onSteps?.(step, inputs.config.steps);
  return trainRun({ place, inputs }, { ...options, resume: true, onRecord });
}

/** Steps of a calibration, and the first of them, in which memory is laid out, that do not count. */
const CALIBRATION_STEPS = 12;
const UNCOUNTED_STEPS = 4;

/** Steps that a cell's budget has room for; what is measured once holds for the cell ever after. */
async function stepsOf(cell: PlannedCell, options: TrainCellOptions): Promise<number> {
  const { budget, place, config } = cell;
  if ("steps" in budget) return config.steps;
  const known = await readRecord<{ readonly steps: number }>(place.calibration);
  if (known !== undefined) return known.steps;
  await rm(place.calibrationRun.folder, { recursive: true, force: true });
  const few = { steps: CALIBRATION_STEPS, validateEvery: CALIBRATION_STEPS, validationCases: 1 };
  await train(place.calibrationRun, inputsOf(cell, few), { ...options, onSteps: undefined });
  const secondsPerStep = medianOf(await stepSeconds(place.calibrationRun));
  const steps = Math.max(1, Math.floor((60 * budget.minutes) / secondsPerStep));
  await writeJson(place.calibration, { secondsPerStep, steps });
  await rm(place.calibrationRun.folder, { recursive: true, force: true });
  return steps;
}

async function stepSeconds({ log }: RunFolder): Promise<readonly number[]> {
  return stepsIn(await readLog(log))
    .slice(UNCOUNTED_STEPS)
    .map(({ seconds }) => seconds);
}

/** What each step of a log took, the wait for its batch included. */
export function stepsIn(records: readonly LogRecord[]): readonly { readonly step: number; readonly seconds: number }[] {
  return records
    .filter((record) => record.kind === "step")
    .map(({ step, milliseconds, waitMilliseconds }) => ({ step, seconds: (milliseconds + waitMilliseconds) / 1000 }));
}
