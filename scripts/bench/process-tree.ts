/** What Linux knows of processes, out of /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Direct children of a process. */
export function childrenOf(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter((text) => text !== "")).map(Number);
}

/** Highest resident memory of a process so far. */
export function peakGibOf(pid: number): number {
  const kib = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 2 ** 20;
}

/** Sum of the peaks of all living descendants: at least what they ever held at one time. */
export function peakGibBelow(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + peakGibOf(child) + peakGibBelow(child), 0);
}
