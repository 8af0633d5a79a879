import { readdirSync, readFileSync } from "node:fs";

/** Ends a process and all that it started with SIGKILL, as a power cut would. */
export function killTree(processId: number): void {
  const below = descendantsOf(processId);
  for (const each of [processId, ...below]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It ended by itself.
    }
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
