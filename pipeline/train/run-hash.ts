import { createHash } from "node:crypto";
import type { RunInputs } from "./set-up-run.ts";

/** Hash of all that decides what a run comes to; a checkpoint of another run is not resumed. */
export function runHash({ plan, config, split }: Pick<RunInputs, "plan" | "config" | "split">): string {
  return createHash("sha256").update(JSON.stringify({ plan, config, split })).digest("hex");
}
