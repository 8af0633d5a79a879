import { availableParallelism } from "node:os";
import { startInferenceProcess } from "./inference-process.ts";
import type { StepArrays, StepNumbers, StepResult, TrainingShape } from "./training-runner.ts";

export type { FoundPatches, StepNumbers, StepResult, TrainingShape } from "./training-runner.ts";

/** A training graph in a process of its own, where its weights stay between steps. */
export interface TrainingSession {
  /**
   * Takes one step.
   *
   * Errors: ModelError M_RUN, M_MEMORY, M_TIMEOUT, M_CRASH; the signal's reason
   */
  step(batch: StepBatch, options?: { readonly signal?: AbortSignal }): Promise<StepResult>;
  /** What is carried from step to step, by name. */
  read(): Promise<ReadonlyMap<string, Float32Array>>;
  /** Puts other values in the place of all that is carried. */
  write(values: ReadonlyMap<string, Float32Array>): Promise<void>;
  /** Ends the process at once. */
  close(): Promise<void>;
}

/** What one step is given. */
export type StepBatch = StepNumbers & StepArrays;

/** How to open a training session. */
export interface TrainingSessionOptions {
  /** The graph; see `trainingStep`. */
  readonly model: Uint8Array;
  readonly shape: TrainingShape;
  /** A name that `deviceNames` lists, but not `auto`. */
  readonly device: string;
  readonly threads?: number;
  /** Longest time for opening the graph or taking one step. */
  readonly silenceMs?: number;
}

const SILENCE_MS = 30 * 60_000;

/**
 * Opens a training graph; all that is carried is 0 until `write`.
 *
 * Errors: ModelError M_LOAD, M_MEMORY, M_TIMEOUT, M_CRASH
 */
export async function openTrainingSession({
  model,
  shape,
  device,
  threads = availableParallelism(),
  silenceMs = SILENCE_MS,
}: TrainingSessionOptions): Promise<TrainingSession> {
  const process = startInferenceProcess();
  const { where, carried } = shape;
  const silence = { where, silenceMs };
  try {
    await process.ask(
      "openTraining",
      { shape, device, threads, whollyOnDevice: device !== "cpu" },
      { ...silence, arrays: [model] },
    );
  } catch (error) {
    await process.end();
    throw error;
  }
  return {
    step: async ({ image, labels, distances, ...numbers }, { signal } = {}) => {
      const options = { ...silence, arrays: [image, labels, ...(distances === undefined ? [] : [distances])], signal };
      return (await process.ask("trainStep", numbers, options)).answer;
    },
    read: async () => {
      const { arrays } = await process.ask("readTraining", {}, silence);
      return new Map(carried.map(({ name }, n) => [name, new Float32Array(arrays[n].buffer)]));
    },
    write: async (values) => {
      const arrays = carried.map(({ name }) => values.get(name) ?? assertFound(name));
      await process.ask("writeTraining", {}, { ...silence, arrays });
    },
    close: () => process.end(),
  };
}

function assertFound(name: string): never {
  throw new Error(`no values for ${name}`);
}
