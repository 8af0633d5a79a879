import { type CellCost, staticCostOf } from "./cell-cost.ts";
import { readRecord } from "./cell-folder.ts";
import type { PlannedCell } from "./plan-cells.ts";

/** Says beforehand how long cells take. */
export interface CellEstimator {
  /** Units: seconds of training and inference; validation comes on top. */
  secondsOf(cell: PlannedCell): number;
  /** Learns from what a cell cost. */
  learn(cell: PlannedCell, cost: CellCost): void;
}

/** Operations that two cores of a common processor do in a second of training; only for before the first cell is measured. */
const ASSUMED_FLOPS_PER_SECOND = 60e9;

/** A step goes forwards, and backwards to the image and to the weights. */
const PASSES = 3;

/**
 * Estimates from the cells that are done already: by the speed of the same network on the same data, else by the mean speed.
 */
export async function cellEstimator(done: readonly PlannedCell[]): Promise<CellEstimator> {
  const flopsOf = flopsOnce();
  const speeds = new Map<string, number[]>();
  const inference = new Map<string, number[]>();
  const learn = (cell: PlannedCell, cost: CellCost) => {
    if (!(cost.trainingSeconds > 0)) return;
    const key = keyOf(cell);
    const flops = PASSES * cost.flopsPerPatch * cell.plan.batch * cost.steps;
    speeds.set(key, [...(speeds.get(key) ?? []), flops / cost.trainingSeconds]);
    inference.set(key, [...(inference.get(key) ?? []), cost.inferenceSecondsPerCase ?? 0]);
  };
  for (const cell of done) {
    const cost = await readRecord<CellCost>(cell.place.cost);
    if (cost !== undefined) learn(cell, cost);
  }
  return {
    learn,
    secondsOf: (cell) => {
      const key = keyOf(cell);
      const own = speeds.get(key) ?? [...speeds.values()].flat();
      const speed = own.length === 0 ? ASSUMED_FLOPS_PER_SECOND : meanOf(own);
      const flopsPerPatch = flopsOf(cell);
      const perCase = inference.has(key) ? meanOf(inference.get(key) ?? []) : flopsPerPatch / speed;
      return trainingSeconds(cell, { flopsPerPatch, speed }) + cell.split.validation.length * perCase;
    },
  };
}

/** Counts a network's operations once for all cells that train it on the same patches. */
function flopsOnce(): (cell: PlannedCell) => number {
  const known = new Map<string, number>();
  return (cell) => {
    const key = keyOf(cell);
    const flops = known.get(key) ?? staticCostOf(cell).flopsPerPatch;
    known.set(key, flops);
    return flops;
  };
}

function trainingSeconds(
  { budget, plan, config }: PlannedCell,
  { flopsPerPatch, speed }: { readonly flopsPerPatch: number; readonly speed: number },
): number {
  if ("minutes" in budget) return 60 * budget.minutes;
  return (PASSES * flopsPerPatch * plan.batch * config.steps) / speed;
}

function keyOf({ dataset, config, plan }: PlannedCell): string {
  return JSON.stringify([dataset, config.network, plan.patch, plan.stages]);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
