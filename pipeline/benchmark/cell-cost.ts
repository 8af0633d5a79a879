import { networkCost } from "../../models/network-cost.ts";
import type { MeasuredCost } from "../report/benchmark-results.ts";
import { cascadeFolderAt } from "../train/cascade/cascade-folder.ts";
import { COARSE } from "../train/cascade/plan-cascade.ts";
import { readPlan } from "../train/plan/plan-file.ts";
import { medianOf } from "../train/plan/target-spacing.ts";
import { planNetwork } from "../train/plan-network.ts";
import { readTrainingConfig } from "../train/training-config.ts";
import { readLog } from "../train/training-log.ts";
import { readInference } from "./case-records.ts";
import { readRecord } from "./cell-folder.ts";
import type { PlannedCell } from "./plan-cells.ts";
import { stepsIn } from "./train-cell.ts";

/** A cell's cost without saying whose it is. */
export type CellCost = Omit<MeasuredCost, "dataset" | "method" | "fold" | "seed">;

/** What a network is and does of itself. */
export type StaticCost = Pick<CellCost, "parameters" | "flopsPerPatch">;

/** Weights of a cell's network, and what it computes of a patch. */
export function staticCostOf({ plan, config }: Pick<PlannedCell, "plan" | "config">): StaticCost {
  const { network, channels, sides } = planNetwork(plan, { settings: config.network, deepSupervision: false });
  const { parameters, flops } = networkCost(network, [1, channels, ...sides]);
  return { parameters, flopsPerPatch: flops };
}

/** What a cell cost, as its log, its cases and its watch over the memory say; NaN where they do not. */
export async function cellCost(cell: PlannedCell): Promise<CellCost> {
  const { place, split } = cell;
  const taken = stepsIn(await readLog(place.run.log));
  const inferences = await Promise.all(split.validation.map((_, index) => readInference(place.caseFiles(index))));
  const seconds = inferences.flatMap((inference) => inference?.seconds ?? []);
  return {
    ...(cell.cascade === undefined ? staticCostOf(cell) : await cascadeCostOf(cell)),
    steps: taken.length,
    trainingSeconds: taken.reduce((sum, step) => sum + step.seconds, 0),
    inferenceSecondsPerCase: seconds.length === 0 ? Number.NaN : medianOf(seconds),
    peakMemoryBytes: await readPeakMemory(cell),
  };
}

/** The same of all networks that a cascade delivers, and of a patch of each. */
async function cascadeCostOf({ place: { run } }: PlannedCell): Promise<StaticCost> {
  const { coarse, fine } = cascadeFolderAt(run.folder);
  const { networks } = (await readRecord<{ readonly networks: readonly { readonly name: string }[] }>(
    run.provenance,
  )) ?? {
    networks: [],
  };
  const costs = await Promise.all(
    networks.map(async ({ name }) => {
      const own = name === COARSE ? coarse : fine(name);
      return staticCostOf({ plan: await readPlan(own.plan), config: await readTrainingConfig(own.config) });
    }),
  );
  return costs.reduce((sum, { parameters, flopsPerPatch }) => ({
    parameters: sum.parameters + parameters,
    flopsPerPatch: sum.flopsPerPatch + flopsPerPatch,
  }));
}

/** NaN where nothing was measured. */
export async function readPeakMemory({ place }: PlannedCell): Promise<number> {
  return (await readRecord<{ readonly bytes: number | null }>(place.peakMemory))?.bytes ?? Number.NaN;
}
