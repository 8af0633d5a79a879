import { ConfigError } from "../../volume/errors.ts";
import type { TrainingDataset } from "../dataset/training-dataset.ts";
import type { TrainingPlan } from "../plan-schema.ts";

/** What a person may have edited wrongly: where in the plan, what belongs there, what is there. */
type Fault = readonly [pointer: string, expected: string, got: string];

/**
 * Refuses a plan that contradicts itself in ways that a schema cannot say.
 *
 * Errors: ConfigError T_PLAN with the JSON pointer of the first mistake
 */
export function assertPlanHolds(plan: TrainingPlan, where: string): void {
  refuse([...stageFaults(plan), ...patchFaults(plan), ...classFaults(plan), ...regionFaults(plan)], where);
}

/**
 * Refuses a plan that was made for other channels or classes than a data set has.
 *
 * Errors: ConfigError T_PLAN as `assertPlanHolds`
 */
export function assertPlanFits(plan: TrainingPlan, dataset: TrainingDataset, where: string): void {
  const faults: Fault[] = [];
  const wanted = dataset.channels.length;
  const { channels } = plan.input;
  if (channels.length !== wanted)
    faults.push(["/input/channels", `${wanted}, as many as the images of ${dataset.name}`, `${channels.length}`]);
  const [own, other] = [plan, dataset].map(({ classes }) => sortedIds(classes).join(", "));
  if (own !== other) faults.push(["/classes", `the label values ${other} of ${dataset.name}`, own]);
  if (plan.ignoreLabel !== dataset.ignoreLabel)
    faults.push([
      "/ignoreLabel",
      `${dataset.ignoreLabel ?? "none"}, as in ${dataset.name}`,
      `${plan.ignoreLabel ?? "none"}`,
    ]);
  refuse(faults, where);
}

function stageFaults({ stages }: TrainingPlan): readonly Fault[] {
  const faults: Fault[] = [];
  if (stages[0].stride.some((factor) => factor !== 1))
    faults.push(["/stages/0/stride", "1, 1, 1 for the finest stage", stages[0].stride.join(", ")]);
  const even = stages.findIndex(({ kernel }) => kernel.some((side) => side % 2 === 0));
  if (even >= 0) faults.push([`/stages/${even}/kernel`, "odd sides", stages[even].kernel.join(", ")]);
  return faults;
}

function patchFaults({ patch, stages, dimensions }: TrainingPlan): readonly Fault[] {
  const step = [0, 1, 2].map((axis) => stages.reduce((product, { stride }) => product * stride[axis], 1));
  const faults: Fault[] = [0, 1, 2]
    .filter((axis) => patch[axis] % step[axis] !== 0)
    .map((axis) => [`/patch/${axis}`, `a multiple of ${step[axis]}, the product of the strides`, `${patch[axis]}`]);
  if (dimensions === 2 && patch[0] !== 1) faults.push(["/patch/0", "1 for a 2-D network", `${patch[0]}`]);
  return faults;
}

function classFaults({ classes, ignoreLabel, classFrequencies }: TrainingPlan): readonly Fault[] {
  const ids = sortedIds(classes);
  const faults: Fault[] = [];
  const twice = ids.find((id, n) => ids[n - 1] === id);
  if (twice !== undefined) faults.push(["/classes", "each label value once", `${twice} twice`]);
  if (ignoreLabel !== undefined && ids.includes(ignoreLabel))
    faults.push(["/ignoreLabel", "a value that is no class", `${ignoreLabel}`]);
  const counted = sortedIds(classFrequencies).join(", ");
  const wanted = [0, ...ids].join(", ");
  if (counted !== wanted) faults.push(["/classFrequencies", `one of each of ${wanted}`, counted]);
  return faults;
}

function regionFaults({ classes, regions = [] }: TrainingPlan): readonly Fault[] {
  const ids = classes.map(({ id }) => id);
  const faults: Fault[] = [];
  for (const [n, { classIds }] of regions.entries()) {
    const unknown = classIds.length === 0 ? "none" : classIds.find((id) => !ids.includes(id));
    if (unknown === undefined) continue;
    faults.push([`/regions/${n}/classIds`, `one or more of the classes ${ids.join(", ")}`, `${unknown}`]);
  }
  return faults;
}

function sortedIds(things: readonly { readonly id: number }[]): readonly number[] {
  return things.map(({ id }) => id).sort((first, second) => first - second);
}

function refuse([first]: readonly Fault[], where: string): void {
  if (first === undefined) return;
  const [pointer, expected, got] = first;
  const next = "Correct the plan, or let it be made again";
  throw new ConfigError({ code: "T_PLAN", where: `${where}#${pointer}`, expected, got, next });
}
