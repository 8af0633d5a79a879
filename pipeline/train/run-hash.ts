import { canonicalHash } from "./canonical-hash.ts";
import type { RunInputs } from "./set-up-run.ts";

/** Hash of all that decides what a run comes to; a checkpoint of another run is not resumed. */
export function runHash({ plan, config, split }: Pick<RunInputs, "plan" | "config" | "split">): string {
  return canonicalHash({ plan, config, split });
}
