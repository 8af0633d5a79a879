import type { Schedule } from "../../models/optimisers/schedules.ts";
import type { CarriedValue } from "../../models/training-step.ts";
import type { StepResult, TrainingSession } from "../runtime/training-session.ts";
import { isNamedError, ModelError } from "../volume/errors.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import type { Feedback } from "./feedback.ts";
import type { RunFolder } from "./run-folder.ts";
import type { Batch } from "./sampling/batch.ts";
import {
  appendLog,
  type ClassExposure,
  type LogRecord,
  type StepRecord,
  type ValidationRecord,
} from "./training-log.ts";
import type { Validation } from "./validate.ts";
import type { Judgement } from "./validator.ts";

/** Batches by the step that they are for. */
export interface BatchSource {
  next(step: number): Promise<Batch>;
  /** See `BatchQueue`. */
  setChances(chances: Float32Array): void;
}

/** What a run consists of. */
export interface TrainerOptions {
  readonly session: TrainingSession;
  readonly carried: readonly CarriedValue[];
  readonly batches: BatchSource;
  readonly feedback: Feedback;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly steps: number;
  readonly validateEvery: number;
  readonly alarmAfter: number;
  /** Foreground first to last as the plan lists them, with the names that logs use. */
  readonly classes: readonly { readonly id: number; readonly name: string }[];
  /** Validates what the run would deliver now. */
  readonly validate: (carried: ReadonlyMap<string, Float32Array>) => Promise<Judgement>;
  /** Whether the cases of `validate` are held out, so that the best of several weights can be told by them. */
  readonly isHeldOut: boolean;
  readonly place: RunFolder;
  /** Hash of plan and settings; a checkpoint of another run is not resumed. */
  readonly run: string;
  readonly onRecord?: ((record: LogRecord) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a trainer remembers between steps beside the graph's values. */
export interface TrainerMemory {
  readonly bestDice: number | undefined;
  readonly bestStep: number | undefined;
  /** Per class, background first: voxels and patches that were shown. */
  readonly voxels: readonly number[];
  readonly patches: readonly number[];
  /** Validations in a row at Dice 0, per foreground class. */
  readonly zeros: readonly number[];
  /** See `Feedback`. */
  readonly feedback?: string | undefined;
}

/** How a run ended. */
export interface Trained {
  readonly bestDice: number | undefined;
  readonly bestStep: number | undefined;
  readonly steps: number;
  readonly carried: ReadonlyMap<string, Float32Array>;
}

/** A memory of nothing. */
export function freshMemory(classes: number): TrainerMemory {
  const none = (length: number) => new Array<number>(length).fill(0);
  const best = { bestDice: undefined, bestStep: undefined };
  return { ...best, voxels: none(classes + 1), patches: none(classes + 1), zeros: none(classes) };
}

/**
 * Takes steps from a checkpoint to the end, validating and writing checkpoints on the way.
 *
 * A step depends on what is carried, its number and the batch of that number alone, so that a run that was ended and taken
 * up again makes the same weights as one that was not. When the signal is aborted, a checkpoint is written first.
 *
 * Errors: ModelError T_NONFINITE when the loss or the gradient is no number; as `TrainingSession.step`; the signal's reason
 */
export async function train(from: Checkpoint, options: TrainerOptions): Promise<Trained> {
  const { session, steps, validateEvery, place, signal, feedback } = options;
  let memory = JSON.parse(from.memory) as TrainerMemory;
  setChances(options);
  await session.write(from.carried);
  for (let step = from.step; step < steps; step++) {
    if (signal?.aborted) await saveAndStop({ step, memory }, options);
    const { record, batch } = await oneStep(step, options);
    memory = shown(memory, batch);
    await note(record, options);
    const taken = step + 1;
    if (taken % validateEvery !== 0 && taken !== steps) continue;
    const found = await session.read();
    const validated = await validateAt({ step: taken, memory, carried: found }, options);
    memory = validated.memory;
    const moved = feedback.afterValidation(found, validated.dice);
    if (moved !== undefined) await session.write(moved);
    setChances(options);
    const carried = moved ?? found;
    if (validated.isBest) await save(place.best, { step: taken, memory, carried }, options);
    await save(place.last, { step: taken, memory, carried }, options);
  }
  const { bestDice, bestStep } = memory;
  return { bestDice, bestStep, steps, carried: await session.read() };
}

function setChances({ feedback, batches }: TrainerOptions): void {
  const chances = feedback.chances();
  if (chances !== undefined) batches.setChances(chances);
}

async function oneStep(step: number, options: TrainerOptions): Promise<{ record: StepRecord; batch: Batch }> {
  const { session, batches, learningRate, schedule } = options;
  const started = performance.now();
  const batch = await batches.next(step);
  const waitMilliseconds = performance.now() - started;
  const rate = learningRate * schedule(step);
  const { image, labels, distances } = batch;
  const result = await session.step({ image, labels, distances, learningRate: rate, step: step + 1 });
  await assertFinite(result, { step, batch, options });
  options.feedback.noteStep(batch, result);
  const { loss, gradientNorm, terms, milliseconds } = result;
  return {
    batch,
    record: {
      kind: "step",
      step: step + 1,
      loss,
      learningRate: rate,
      gradientNorm,
      terms,
      milliseconds: rounded(milliseconds),
      waitMilliseconds: rounded(waitMilliseconds),
    },
  };
}

function rounded(milliseconds: number): number {
  return Math.round(10 * milliseconds) / 10;
}

async function assertFinite(
  { loss, gradientNorm }: StepResult,
  { step, batch, options }: { readonly step: number; readonly batch: Batch; readonly options: TrainerOptions },
): Promise<void> {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  const got = `loss ${loss}, gradient norm ${gradientNorm} (cases ${[...new Set(batch.caseIds)].join(", ")})`;
  await stopNonFinite({ step: step + 1, got }, options);
}

async function stopNonFinite({ step, got }: { step: number; got: string }, options: TrainerOptions): Promise<never> {
  const error = new ModelError({
    code: "T_NONFINITE",
    where: options.place.folder,
    expected: `finite numbers in step ${step}`,
    got,
    next: "The last checkpoint is from before; lower learningRate or clipNorm in a copy of config.json and start from it with --init",
  });
  await note({ kind: "stopped", step, text: error.message }, options);
  throw error;
}

function shown(memory: TrainerMemory, { voxelsByClass, patchesByClass }: Batch): TrainerMemory {
  const plus = (sums: readonly number[], more: readonly number[]) => sums.map((sum, n) => sum + more[n]);
  return { ...memory, voxels: plus(memory.voxels, voxelsByClass), patches: plus(memory.patches, patchesByClass) };
}

interface Moment {
  readonly step: number;
  readonly memory: TrainerMemory;
}

async function validateAt(
  { step, memory, carried }: Moment & { readonly carried: ReadonlyMap<string, Float32Array> },
  options: TrainerOptions,
): Promise<{ memory: TrainerMemory; isBest: boolean; dice: Validation["dice"] }> {
  const { classes, isHeldOut } = options;
  const started = performance.now();
  const { dice, meanDice, cases, classBias } = await validation({ step, carried }, options);
  const record: ValidationRecord = {
    kind: "validation",
    step,
    dice: Object.fromEntries(classes.flatMap(({ id, name }) => (dice.has(id) ? [[name, dice.get(id) ?? 0]] : []))),
    meanDice,
    cases,
    milliseconds: rounded(performance.now() - started),
    exposure: exposureOf(memory, classes),
    ...(classBias === undefined ? {} : { classBias }),
  };
  await note(record, options);
  const zeros = classes.map(({ id }, n) => (dice.get(id) === 0 ? memory.zeros[n] + 1 : 0));
  await raiseAlarms({ step, zeros }, options);
  const isBest = isHeldOut && (memory.bestDice === undefined || meanDice > memory.bestDice);
  const best = isBest ? { bestDice: meanDice, bestStep: step } : {};
  return { isBest, dice, memory: { ...memory, ...best, zeros } };
}

/** Weights that overflow show in the scores first: the next loss would be no number either. */
async function validation(
  { step, carried }: { step: number; carried: ReadonlyMap<string, Float32Array> },
  options: TrainerOptions,
): Promise<Judgement> {
  try {
    return await options.validate(carried);
  } catch (error) {
    if (!isNamedError(error) || error.problem.code !== "M_NONFINITE") throw error;
    return stopNonFinite({ step, got: `${error.problem.got} in validation` }, options);
  }
}

function exposureOf({ voxels, patches }: TrainerMemory, classes: TrainerOptions["classes"]): readonly ClassExposure[] {
  return [{ name: "background" }, ...classes].map(({ name }, n) => ({ name, voxels: voxels[n], patches: patches[n] }));
}

async function raiseAlarms(
  { step, zeros }: { readonly step: number; readonly zeros: readonly number[] },
  options: TrainerOptions,
): Promise<void> {
  for (const [n, { name }] of options.classes.entries()) {
    if (zeros[n] === 0 || zeros[n] % options.alarmAfter !== 0) continue;
    const text =
      `${name} has Dice 0 in ${zeros[n]} validations in a row: ` +
      "look at its exposure, and try class-balanced sampling or class weights";
    await note({ kind: "alarm", step, text }, options);
  }
}

async function saveAndStop({ step, memory }: Moment, options: TrainerOptions): Promise<never> {
  await save(options.place.last, { step, memory, carried: await options.session.read() }, options);
  await note({ kind: "stopped", step, text: `stopped after step ${step}; go on with --resume` }, options);
  options.signal?.throwIfAborted();
  throw new Error("a stop was asked for by a signal that is not aborted");
}

async function save(
  path: string,
  { step, memory, carried }: Moment & { readonly carried: ReadonlyMap<string, Float32Array> },
  { run, carried: values, feedback }: TrainerOptions,
): Promise<void> {
  await writeCheckpoint(
    path,
    { step, run, carried, memory: JSON.stringify({ ...memory, feedback: feedback.toText() }) },
    values,
  );
}

async function note(record: LogRecord, { place, onRecord }: TrainerOptions): Promise<void> {
  await appendLog(place.log, record);
  onRecord?.(record);
}
