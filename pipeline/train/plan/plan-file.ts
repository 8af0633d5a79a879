import { parseJson } from "../../bundle/json-schema.ts";
import { writeFileWhole } from "../../io/atomic-write.ts";
import { ConfigError } from "../../volume/errors.ts";
import { planSchema, type TrainingPlan } from "../plan-schema.ts";
import { readSettings } from "../read-settings.ts";

/**
 * Reads a plan that a person may have edited.
 *
 * Errors: ConfigError T_PLAN that names the file, the JSON pointer, what was found and what is allowed
 */
export async function readPlan(path: string): Promise<TrainingPlan> {
  const plan = parseJson(await readSettings(path, "a training plan"), planSchema, { where: path, code: "T_PLAN" });
  assertFits(plan, path);
  return plan;
}

/** Writes a plan for people to read and edit; it appears whole or not at all. */
export async function writePlan(path: string, plan: TrainingPlan): Promise<void> {
  await writeFileWhole(path, (append) => append(Buffer.from(`${JSON.stringify(plan, undefined, 2)}\n`)));
}

/** What a schema cannot say: strides divide the patch, kernels are odd, a 2-D patch is flat. */
function assertFits({ patch, stages, dimensions }: TrainingPlan, where: string): void {
  const step = [0, 1, 2].map((axis) => stages.reduce((product, { stride }) => product * stride[axis], 1));
  const uneven = patch.findIndex((side, axis) => side % step[axis] !== 0);
  if (uneven >= 0) throw planError(`${where}#/patch/${uneven}`, `a multiple of ${step[uneven]}`, `${patch[uneven]}`);
  if (dimensions === 2 && patch[0] !== 1) throw planError(`${where}#/patch/0`, "1 for a 2-D network", `${patch[0]}`);
  const even = stages.findIndex(({ kernel }) => kernel.some((side) => side % 2 === 0));
  if (even >= 0) throw planError(`${where}#/stages/${even}/kernel`, "odd sides", `[${stages[even].kernel}]`);
}

function planError(where: string, expected: string, got: string): ConfigError {
  return new ConfigError({ code: "T_PLAN", where, expected, got, next: "Correct the plan, or let it be made again" });
}
