import { readdirSync, readFileSync } from "node:fs";

/** Time between two looks at a child's memory. */
const LOOK_EVERY_MS = 50;

/**
 * Calls `onExceeded` once a process holds more than `limitBytes` of resident memory; returns how to stop watching.
 *
 * Empty:  systems without /proc are not watched; there the heap limit and the byte caps of the readers have to do
 */
export function watchMemory(processId: number | undefined, limitBytes: number, onExceeded: () => void): () => void {
  const timer = setInterval(() => {
    const bytes = processId === undefined ? undefined : residentBytesOf(processId);
    if (bytes === undefined) return clearInterval(timer);
    if (bytes <= limitBytes) return;
    clearInterval(timer);
    onExceeded();
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * Watches this process and all that it started; returns a function that says how much resident memory they held together at most
 * since then, and one that ends the watch. Pages that processes share are counted in each.
 *
 * Empty:  NaN on systems without /proc
 */
export function watchPeakMemory(): { readonly peakBytes: () => number; readonly stop: () => void } {
  let peak = residentBytesOfTree(process.pid);
  const look = () => {
    peak = Math.max(peak, residentBytesOfTree(process.pid));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return {
    peakBytes: () => {
      look();
      return peak;
    },
    stop: () => clearInterval(timer),
  };
}

/** Resident memory of a process and its descendants; NaN where the system does not say. */
function residentBytesOfTree(processId: number): number {
  const own = residentBytesOf(processId) ?? Number.NaN;
  return childrenOf(processId).reduce((sum, child) => {
    const bytes = residentBytesOfTree(child);
    // A child that ended meanwhile holds nothing.
    return Number.isNaN(bytes) ? sum : sum + bytes;
  }, own);
}

/** Processes that a process started. Source: proc(5), /proc/[pid]/task/[tid]/children */
export function childrenOf(processId: number): readonly number[] {
  try {
    return readdirSync(`/proc/${processId}/task`).flatMap((task) =>
      readFileSync(`/proc/${processId}/task/${task}/children`, "latin1").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Resident memory of a process; undefined where the system does not say. */
export function residentBytesOf(processId: number): number | undefined {
  try {
    const line = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, "latin1"));
    return line === null ? undefined : Number(line[1]) * 1024;
  } catch {
    return undefined;
  }
}
