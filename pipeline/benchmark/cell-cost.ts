import { networkCost } from "../../models/network-cost.ts";
import type { MeasuredCost } from "../report/benchmark-results.ts";
import { medianOf } from "../train/plan/target-spacing.ts";
import { planNetwork } from "../train/plan-network.ts";
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
    ...staticCostOf(cell),
    steps: taken.length,
    trainingSeconds: taken.reduce((sum, step) => sum + step.seconds, 0),
    inferenceSecondsPerCase: seconds.length === 0 ? Number.NaN : medianOf(seconds),
    peakMemoryBytes: await readPeakMemory(cell),
  };
}

/** NaN where nothing was measured. */
export async function readPeakMemory({ place }: PlannedCell): Promise<number> {
  return (await readRecord<{ readonly bytes: number | null }>(place.peakMemory))?.bytes ?? Number.NaN;
}
