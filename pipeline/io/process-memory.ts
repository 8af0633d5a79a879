import { readFileSync } from "node:fs";

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

/** Resident memory of a process; undefined where the system does not say. */
export function residentBytesOf(processId: number): number | undefined {
  try {
    const line = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, "latin1"));
    return line === null ? undefined : Number(line[1]) * 1024;
  } catch {
    return undefined;
  }
}
