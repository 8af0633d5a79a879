import { locate } from "../../stages/locate.ts";
import { segment } from "../../stages/segment.ts";
import { caseDice, meanDice } from "../case-dice.ts";
import { overCases } from "./over-cases.ts";
import type { PlannedCascade } from "./plan-cascade.ts";
import type { CascadeTools } from "./train-network.ts";

/** Mean Dice of each class, by name; a class that no case holds or was given is left out. */
export type CascadeDice = ReadonlyMap<string, { readonly mean: number; readonly cases: number }>;

/** Segments the held-out cases with a finished cascade and compares, on each scan's own grid. Errors: as `overCases` */
export async function judgeCascade(bundle: string, cascade: PlannedCascade, tools: CascadeTools): Promise<CascadeDice> {
  const { classes, ignoreLabel } = cascade.dataset;
  const judged = { ids: cascade.split.validation, bundle, stage: "judge" } as const;
  const found = await overCases(judged, { cascade, tools }, async ({ scan, labels }, running) => {
    const located = await locate(scan, running);
    const segmented = await segment(scan, { ...running, located });
    const classIds = classes.map(({ id }) => id);
    return caseDice(segmented.labels.data, { reference: labels.data, classIds, ignoreLabel });
  });
  const means = meanDice(found);
  return new Map(
    classes.flatMap(({ id, name }) => {
      const mean = means.get(id);
      return mean === undefined ? [] : [[name, mean] as const];
    }),
  );
}
