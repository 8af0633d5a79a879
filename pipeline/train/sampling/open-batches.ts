import { Worker } from "node:worker_threads";
import { errorFromRecord } from "../../volume/errors.ts";
import { openPreparedCase } from "../prepare/prepared-case-file.ts";
import type { Batch } from "./batch.ts";
import type { ThreadAnswer, ThreadMessage, ThreadRequest } from "./batch-thread.ts";
import { type BatchRecipe, batchMaker } from "./make-batch.ts";

/** Batches that threads make ahead of time. */
export interface BatchQueue {
  /**
   * The batch of a step, its arrays the caller's own; the next ones are made meanwhile.
   *
   * Errors: what making it threw; the signal's reason; an Error after `close`
   */
  readonly next: (step: number) => Promise<Batch>;
  /** Sets the chances of what patches are drawn around, for samplers that are told any; batches made ahead are dropped. */
  readonly setChances: (chances: Float32Array) => void;
  /** Time that callers of `next` waited, and its share of the time since the first call. */
  readonly waiting: () => { readonly milliseconds: number; readonly share: number };
  /** Ends the threads; batches that are still asked for are refused. */
  readonly close: () => Promise<void>;
}

/** Batches ahead of the one asked for, for each thread. */
const AHEAD = 2;

/**
 * Opens a queue of batches made in threads.
 *
 * A batch depends on the recipe, the chances set before it was asked for and its step alone, not on the number of threads or on what was asked for before: a run
 * taken up at step n sees what one that was never stopped does.
 *
 * Errors: ConfigError as `batchMaker`
 */
export function openBatches({
  workers = 1,
  signal,
  ...recipe
}: BatchRecipe & { readonly workers?: number; readonly signal?: AbortSignal | undefined }): BatchQueue {
  // Settings that make no sense are refused here, not in a thread; no case is opened.
  batchMaker(recipe, openPreparedCase);
  const threads = Array.from({ length: workers }, () => startThread(recipe));
  const cancel = () => {
    for (const { fail } of threads) fail(signal?.reason);
  };
  signal?.addEventListener("abort", cancel, { once: true });
  const made = new Map<number, Promise<Batch>>();
  const clock = waitingClock();
  const next = (step: number) => {
    signal?.throwIfAborted();
    for (const other of made.keys()) if (other < step || other > step + AHEAD * workers) made.delete(other);
    for (let n = step; n <= step + AHEAD * workers; n++) if (!made.has(n)) made.set(n, threads[n % workers].make(n));
    const batch = made.get(step) ?? Promise.reject(new Error(`no thread makes step ${step}`));
    made.delete(step);
    return batch;
  };
  const setChances = (chances: Float32Array) => {
    made.clear();
    for (const thread of threads) thread.setChances(chances);
  };
  const close = async () => {
    signal?.removeEventListener("abort", cancel);
    await Promise.all(threads.map(({ end }) => end()));
  };
  return { next: async (step) => clock.timed(() => next(step)), setChances, waiting: clock.read, close };
}

interface BatchThread {
  readonly make: (step: number) => Promise<Batch>;
  readonly setChances: (chances: Float32Array) => void;
  /** Refuses what is asked for now and later. */
  readonly fail: (reason: unknown) => void;
  readonly end: () => Promise<void>;
}

interface Request {
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: unknown) => void;
}

function startThread(recipe: BatchRecipe): BatchThread {
  const worker = new Worker(new URL("./batch-thread.js", import.meta.url), { workerData: recipe });
  const requests = new Map<string, Request>();
  let round = 0;
  let failure: { readonly reason: unknown } | undefined;
  const fail = (reason: unknown) => {
    failure ??= { reason };
    for (const { reject } of requests.values()) reject(reason);
    requests.clear();
  };
  worker.on("message", (answer: ThreadAnswer) => {
    const key = keyOf(answer);
    settle(requests.get(key), answer);
    requests.delete(key);
  });
  worker
    .on("error", fail)
    .on("exit", (code) => fail(new Error(`the thread that makes batches ended with code ${code}`)));
  const make = (step: number) => {
    const made = new Promise<Batch>((resolve, reject) => {
      if (failure !== undefined) return reject(failure.reason);
      const request = { step, round };
      requests.set(keyOf(request), { resolve, reject });
      worker.postMessage(request satisfies ThreadMessage);
    });
    // Made ahead: whoever asks for it hears of the error, maybe nobody does.
    made.catch(() => undefined);
    return made;
  };
  const end = async () => {
    fail(new Error("the queue of batches is closed"));
    await worker.terminate();
  };
  const setChances = (chances: Float32Array) => {
    round++;
    worker.postMessage({ chances } satisfies ThreadMessage);
  };
  return { make, setChances, fail, end };
}

/** Batches of one step from before and after chances were set are two. */
function keyOf({ step, round }: ThreadRequest): string {
  return `${round}/${step}`;
}

function settle(request: Request | undefined, answer: ThreadAnswer): void {
  if (answer.kind === "batch") request?.resolve(answer.batch);
  else request?.reject(answer.kind === "named" ? errorFromRecord(answer) : answer.error);
}

/** Adds up how long something was waited for. */
function waitingClock() {
  let first: number | undefined;
  let milliseconds = 0;
  const timed = async <T>(action: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    first ??= started;
    try {
      return await action();
    } finally {
      milliseconds += performance.now() - started;
    }
  };
  const read = () => ({ milliseconds, share: first === undefined ? 0 : milliseconds / (performance.now() - first) });
  return { timed, read };
}
