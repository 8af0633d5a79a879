import { parseJson } from "../../bundle/json-schema.ts";
import { writeFileWhole } from "../../io/atomic-write.ts";
import { planSchema, type TrainingPlan } from "../plan-schema.ts";
import { readSettings } from "../read-settings.ts";
import { assertPlanHolds } from "./plan-rules.ts";

/**
 * Reads a plan that a person may have edited.
 *
 * Errors: ConfigError T_PLAN that names the file, the JSON pointer, what was found and what is allowed
 */
export async function readPlan(path: string): Promise<TrainingPlan> {
  const plan = parseJson(await readSettings(path, "a training plan"), planSchema, { where: path, code: "T_PLAN" });
  assertPlanHolds(plan, path);
  return plan;
}

/** Writes a plan for people to read and edit; it appears whole or not at all. */
export async function writePlan(path: string, plan: TrainingPlan): Promise<void> {
  await writeFileWhole(path, (append) => append(Buffer.from(`${JSON.stringify(plan, undefined, 2)}\n`)));
}
