import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** A run of planes or rows, from `start` up to, not including, `stop`. */
export interface Part {
  readonly start: number;
  readonly stop: number;
}

/** A kernel that fills one part of memory that its job names, or answers with plain data. */
export type PartKernel<J, R = void> = (job: J, part: Part) => R;

/** A job for one part: plain data; the buffers in `transfer` change hands, other arrays lie on shared memory. */
export interface PartJob<J> {
  readonly job: J;
  readonly transfer?: readonly ArrayBuffer[];
}

/** What a worker is told: the exported kernel to run, where to find it, on what. */
export interface PartMessage {
  readonly module: string;
  readonly kernel: string;
  readonly job: unknown;
  readonly part: Part;
}

/** What a worker answers: what the kernel returned, or what went wrong. */
export type PartAnswer = { readonly result?: unknown; readonly error?: unknown };

/** How the parts of a job are run. */
export interface PartOptions<J> {
  /** Where `kernel` is exported under its own name: the exporting module's `import.meta.url`. */
  readonly module: string;
  /** Planes or rows in all, and how few and how many a part may have. */
  readonly count: number;
  readonly smallest?: number;
  readonly largest?: number;
  /** Whether to use threads; else the whole is one part, run at once. */
  readonly threaded: boolean;
  /** Where each part takes so much memory that not every core may have one. */
  readonly mostThreads?: number;
  /** The job of a part, made when a thread is free for it. */
  readonly jobOf: (part: Part) => PartJob<J>;
  readonly signal: AbortSignal | undefined;
}

/** Small enough that no thread waits long for the last part. */
const PARTS_PER_THREAD = 4;

/** Threads without work. They do not keep the process alive. */
const idle: Worker[] = [];

/**
 * Runs a kernel on all parts of a job; in threads, the event loop stays free meanwhile. Returns what it answered, in order.
 *
 * Errors: what the kernel throws; the signal's reason when it aborts before a part
 */
export async function inParts<J, R>(kernel: PartKernel<J, R>, options: PartOptions<J>): Promise<readonly R[]> {
  const { count, smallest = 1, largest = count, threaded, jobOf, signal } = options;
  const waiting = [...partsOf(count, threaded ? smallest : Math.min(count, largest), largest).entries()];
  const results: R[] = [];
  const work = async (runPart: (part: Part) => R | Promise<R>) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal?.throwIfAborted();
      const [n, part] = next;
      results[n] = await runPart(part);
    }
  };
  if (threaded) await inThreads(options, { kernel, work, waiting });
  else await work((part) => kernel(jobOf(part).job, part));
  return results;
}

interface ThreadWork<J, R> {
  readonly kernel: PartKernel<J, R>;
  readonly work: (runPart: (part: Part) => Promise<R>) => Promise<void>;
  readonly waiting: unknown[];
}

async function inThreads<J, R>(
  { module, jobOf, mostThreads = Infinity }: PartOptions<J>,
  { kernel, work, waiting }: ThreadWork<J, R>,
): Promise<void> {
  const threads = Math.min(availableParallelism(), waiting.length, mostThreads);
  const inThread = () =>
    withThread((worker) => work((part) => sendPart<J, R>(worker, { module, kernel, part, ...jobOf(part) })));
  // All must come to rest before the caller may let go of the shared memory; the first failure ends the others soon.
  const ends = await Promise.allSettled(
    Array.from({ length: threads }, () =>
      inThread().catch((error) => {
        waiting.length = 0;
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** Cuts `count` planes into parts of at least `smallest`, a few for each thread; more where `largest` asks for them. */
export function partsOf(count: number, smallest: number, largest = count): readonly Part[] {
  if (count === 0) return [];
  const few = Math.min(Math.floor(count / smallest), PARTS_PER_THREAD * availableParallelism());
  const parts = Math.max(1, few, Math.ceil(count / largest));
  const edge = (n: number) => Math.floor((count * n) / parts);
  return Array.from({ length: parts }, (_, n) => ({ start: edge(n), stop: edge(n + 1) }));
}

async function withThread(action: (worker: Worker) => Promise<void>): Promise<void> {
  const worker = idle.pop() ?? new Worker(new URL("./parallel-worker.js", import.meta.url));
  worker.ref();
  try {
    await action(worker);
  } finally {
    worker.unref();
    const isAlive = worker.threadId >= 0;
    if (isAlive) idle.push(worker);
  }
}

function sendPart<J, R>(
  worker: Worker,
  { module, kernel, part, job, transfer = [] }: PartJob<J> & { module: string; kernel: PartKernel<J, R>; part: Part },
): Promise<R> {
  return new Promise((resolve, reject) => {
    const rest = () => worker.off("message", onAnswer).off("error", fail).off("exit", onExit);
    const fail = (error: unknown) => {
      rest();
      reject(error);
    };
    const onAnswer = ({ result, error }: PartAnswer) => {
      if (error !== undefined) return fail(error);
      rest();
      resolve(result as R);
    };
    const onExit = (code: number) => fail(new Error(`a thread ended with code ${code}`));
    worker.on("message", onAnswer).on("error", fail).on("exit", onExit);
    const message: PartMessage = { module, kernel: kernel.name, job, part };
    worker.postMessage(message, [...transfer]);
  });
}
