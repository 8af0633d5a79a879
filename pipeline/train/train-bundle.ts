import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { scheduleFrom } from "../../models/optimisers/index.ts";
import { chooseWorkingDevice, openEngine } from "../runtime/engine.ts";
import { openTrainingSession } from "../runtime/training-session.ts";
import { ConfigError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { deliverRun, type FinishedRun } from "./deliver-run.ts";
import { feedbackFor } from "./feedback.ts";
import { type PreparedCases, preparedCases } from "./prepare/prepared-cases.ts";
import { type RunFolder, runFolderAt } from "./run-folder.ts";
import { runHash } from "./run-hash.ts";
import { openBatches } from "./sampling/open-batches.ts";
import { type RunChoices, type RunInputs, readRun, setUpRun } from "./set-up-run.ts";
import { startingPoint } from "./starting-point.ts";
import { type Trained, type TrainerMemory, train } from "./trainer.ts";
import { type TrainingGraph, trainingGraph } from "./training-graph.ts";
import { appendLog, type LogRecord } from "./training-log.ts";
import { validator } from "./validator.ts";

/** How to train. */
export type TrainBundleOptions = Omit<RunChoices, "onProgress"> & {
  /** Folder of the run; see `runFolderAt`. */
  readonly out: string;
  /** Go on with the run in the folder, with its own settings, plan and split. */
  readonly resume?: boolean | undefined;
  /** Stop once settings, plan and split lie in the folder. */
  readonly planOnly?: boolean | undefined;
  /** Take no further step: make the bundle of what a resumed run has come to. */
  readonly deliverNow?: boolean | undefined;
  /** A safetensors file of the network's weights to start from. */
  readonly init?: string | undefined;
  /** `auto`, or a name that `deviceNames` lists; `cpu` when left out. */
  readonly device?: string | undefined;
  readonly threads?: number | undefined;
  /** Threads that make batches; 1 when left out. */
  readonly workers?: number | undefined;
  /** Where prepared cases are kept; runs may share it. */
  readonly cache: string;
  readonly onProgress?: ((stage: "examine" | "prepare" | "validate", done: number, total: number) => void) | undefined;
  /** Called before the first step, with the steps taken and those in all. */
  readonly onStart?: ((taken: number, steps: number) => void) | undefined;
  readonly onRecord?: ((record: LogRecord) => void) | undefined;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
};

/** A finished run. */
export interface TrainedBundle {
  readonly place: RunFolder;
  readonly steps: number;
  /** Best mean validation Dice and its step, where cases are held out. */
  readonly bestDice: number | undefined;
  readonly bestStep: number | undefined;
  /** Step after which the weights were as delivered. */
  readonly deliveredStep: number;
  /** Of the weights that were delivered, by class name. */
  readonly dice: Readonly<Record<string, number>>;
  /** Share of the time that the network waited for batches; absent where nothing was trained. */
  readonly waitShare?: number | undefined;
  readonly device: string;
}

/**
 * Trains a bundle from a data set: examine, plan, split, prepare, train, deliver; everything it does lies in the run's
 * folder. With `planOnly` there is no result.
 *
 * Stopped at any instant, even by a power cut, it goes on with `resume` from the last checkpoint to the same weights.
 *
 * Errors: as `setUpRun`, `readRun`, `startingPoint`, `train` and `saveBundle`; the signal's reason
 */
export async function trainBundle(options: TrainBundleOptions): Promise<TrainedBundle | undefined> {
  const place = runFolderAt(options.out);
  const inputs = await inputsOf(place, options);
  return options.planOnly ? undefined : trainRun({ place, inputs }, options);
}

/** A run whose settings, plan and split lie in its folder. */
export interface PlannedRun {
  readonly place: RunFolder;
  readonly inputs: RunInputs;
}

/** How a run is worked off. */
export type TrainRunOptions = Omit<
  TrainBundleOptions,
  Exclude<keyof RunChoices, "signal" | "onProgress"> | "out" | "planOnly"
> & {
  /** What it learns from and is judged by; prepared from the data set when left out. */
  readonly cases?: PreparedCases | undefined;
};

/**
 * Trains what is planned and delivers it; with `resume` from the run's last checkpoint, where there is one.
 *
 * Errors: as `trainBundle`
 */
export async function trainRun({ place, inputs }: PlannedRun, options: TrainRunOptions): Promise<TrainedBundle> {
  const { device, warnings } = await chooseWorkingDevice(options.device ?? "cpu", {
    threads: options.threads ?? availableParallelism(),
    signal: options.signal,
  });
  for (const warning of warnings) options.onWarning?.(warning);
  const prepare = () =>
    preparedCases(inputs, {
      cache: options.cache,
      onProgress: (done, total) => options.onProgress?.("prepare", done, total),
      signal: options.signal,
    });
  const cases = options.cases ?? (await prepare());
  return trainOn({ place, inputs, cases, device }, options);
}

async function inputsOf(place: RunFolder, options: TrainBundleOptions): Promise<RunInputs> {
  if (options.resume || options.deliverNow) return readRun(place, options.dataset);
  const { onProgress } = options;
  const { warnings, ...inputs } = await setUpRun(place, { ...options, onProgress });
  for (const warning of warnings) options.onWarning?.(warning);
  return inputs;
}

interface Workplace {
  readonly place: RunFolder;
  readonly inputs: RunInputs;
  readonly cases: PreparedCases;
  readonly device: string;
}

async function trainOn({ place, inputs, cases, device }: Workplace, options: TrainRunOptions): Promise<TrainedBundle> {
  const { plan, config, split } = inputs;
  const { signal, onRecord, onProgress } = options;
  const graph = trainingGraph(plan, config, device === "cpu" ? "cpu" : "standard");
  const run = runHash(inputs);
  if (options.deliverNow) return delivered({ place, inputs, graph, run, device }, await lastCheckpoint(place, graph));
  const from = await startingPoint({ place, graph, config, run, classes: plan.classes.length }, options);
  options.onStart?.(from.step, config.steps);
  const tools = await openTools({ inputs, cases, graph, device }, options);
  const { batches, session, engine } = tools;
  try {
    const kind = from.step === 0 ? "started" : "resumed";
    await note(place, onRecord, { step: from.step, kind, text: `on ${device}` });
    const trained = await train(from, {
      ...config,
      session,
      batches,
      feedback: feedbackFor({ ...plan, ...graph, config, cases: cases.training }, memoryIn(from).feedback),
      schedule: scheduleFrom(config.schedule, config),
      classes: plan.classes,
      carried: graph.step.carried,
      validate: validator({ plan, config, graph, cases: cases.validation, engine, onProgress, signal }),
      isHeldOut: split.validation.length > 0,
      place,
      run,
      onRecord,
      signal,
    });
    const bundle = await delivered({ place, inputs, graph, run, device, waitShare: batches.waiting().share }, trained);
    await note(place, onRecord, { step: trained.steps, kind: "finished", text: place.bundle });
    return bundle;
  } finally {
    await tools.close();
  }
}

function memoryIn({ memory }: Pick<Checkpoint, "memory">): TrainerMemory {
  return JSON.parse(memory) as TrainerMemory;
}

/** Threads and processes of a run; those already open are closed when one does not open. */
async function openTools(
  { inputs: { plan, config }, cases, graph, device }: Omit<Workplace, "place"> & { readonly graph: TrainingGraph },
  { workers = 1, threads }: TrainRunOptions,
) {
  const own = threads === undefined ? {} : { threads };
  const session = await openTrainingSession({ ...graph, ...own, device });
  const closing = [session.close];
  const close = async () => void (await Promise.all(closing.map((end) => end())));
  try {
    const engine = await openEngine({ device, ...own });
    closing.push(engine.close);
    const batches = openBatches({ ...config, distancesTo: graph.distancesTo, plan, cases: cases.training, workers });
    closing.push(batches.close);
    return { session, engine, batches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function delivered(finished: Omit<FinishedRun, "trained">, trained: Trained): Promise<TrainedBundle> {
  const { step: deliveredStep, dice } = await deliverRun({ ...finished, trained });
  const { bestDice, bestStep, steps } = trained;
  const { place, device, waitShare } = finished;
  return { place, bestDice, bestStep, deliveredStep, steps, dice, waitShare, device };
}

/** A run as far as it has come. */
async function lastCheckpoint(place: RunFolder, graph: TrainingGraph): Promise<Trained> {
  if (!existsSync(place.last))
    throw new ConfigError({
      code: "T_RESUME",
      where: place.folder,
      expected: "a run with a checkpoint",
      got: "none yet",
      next: "Let it come to its first validation, or stop it with Ctrl-C, which writes one",
    });
  const { step, carried, memory } = await readCheckpoint(place.last, graph.step.carried);
  const { bestDice, bestStep } = memoryIn({ memory });
  return { bestDice, bestStep, steps: step, carried };
}

async function note(place: RunFolder, onRecord: TrainRunOptions["onRecord"], record: LogRecord): Promise<void> {
  await appendLog(place.log, record);
  onRecord?.(record);
}
