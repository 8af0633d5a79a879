import { availableParallelism } from "node:os";
import type { Scan } from "../volume/scan.ts";
import { type ParsingProcess, startParsingProcess, type TaskOptions } from "./parsing-process.ts";
import type { ParsingTask } from "./parsing-protocol.ts";
import type { Listing } from "./scan-format.ts";

/** Processes that look into untrusted files, so that nothing a file does reaches this one. */
export interface ParsingPool {
  /** Children that work at the same time. */
  readonly size: number;
  /**
   * Lists or reads in a child process of its own for as long as it takes.
   *
   * Errors: what the child reports; FormatError F_TIMEOUT, F_MEMORY or F_CHILD_CRASH when it had to be ended or died;
   *         the signal's reason when aborted
   */
  readonly run: (task: ParsingTask, options: TaskOptions) => Promise<Listing | Scan>;
  /** Ends idle and busy children. */
  readonly close: () => void;
}

/** Children more than this wait for each other's memory and disk. */
const MOST_CHILDREN = 4;

/** A pool that forks children when they are needed, keeps the healthy ones, and lets the program end while they idle. */
export function parsingPool(size = Math.min(MOST_CHILDREN, availableParallelism())): ParsingPool {
  const idle: ParsingProcess[] = [];
  const busy = new Set<ParsingProcess>();
  const waiting: (() => void)[] = [];

  async function run(task: ParsingTask, options: TaskOptions): Promise<Listing | Scan> {
    while (busy.size >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    options.signal?.throwIfAborted();
    const child = takeAlive(idle) ?? startParsingProcess();
    busy.add(child);
    try {
      return await child.run(task, options);
    } finally {
      busy.delete(child);
      if (child.isAlive()) idle.push(child);
      waiting.shift()?.();
    }
  }

  const close = () => {
    for (const child of [...idle.splice(0), ...busy]) child.end();
  };
  return { size, run, close };
}

let shared: ParsingPool | undefined;

/** The pool of this process. */
export function sharedParsingPool(): ParsingPool {
  shared ??= parsingPool();
  return shared;
}

/** Ends the pool's children, idle and busy; a later reading starts new ones. */
export function closeParsingPool(): void {
  shared?.close();
  shared = undefined;
}

/** The child that worked last: its code is warm. */
function takeAlive(idle: ParsingProcess[]): ParsingProcess | undefined {
  for (;;) {
    const child = idle.pop();
    if (child === undefined || child.isAlive()) return child;
  }
}
