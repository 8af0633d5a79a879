import { readdirSync, readFileSync } from "node:fs";

/** Ends a process and all that it started with SIGKILL, as a power cut would. */
export function killTree(processId: number): void {
  for (const each of [processId, ...descendantsOf(processId)]) kill(each);
}

/** Ends all that a process started, but not the process itself. */
export function killBelow(processId: number): void {
  for (const each of descendantsOf(processId)) kill(each);
}

function kill(processId: number): void {
  try {
    process.kill(processId, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function descendantsOf(processId: number): readonly number[] {
  try {
    const children = readdirSync(`/proc/${processId}/task`).flatMap((task) =>
      readFileSync(`/proc/${processId}/task/${task}/children`, "latin1").split(" ").filter(Boolean).map(Number),
    );
    return children.flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return [];
  }
}
