/** What Linux knows of processes, out of /proc. */
import { readFileSync } from "node:fs";
import { childrenOf } from "../../pipeline/io/process-memory.ts";

/** Highest resident memory of a process so far. */
export function peakGibOf(pid: number): number {
  const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 2 ** 20;
}

/** Sum of the peaks of all living descendants: at least what they ever held at one time. */
export function peakGibBelow(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + peakGibOf(child) + peakGibBelow(child), 0);
}
