import { ConfigError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import { type PlannedCell, planCells } from "./plan-cells.ts";
import type { BenchmarkSpec } from "./spec-schema.ts";
import { type StudiedDataset, studyDataset } from "./study-dataset.ts";

/** A benchmark that is ready to be run. */
export interface PlannedBenchmark {
  readonly spec: BenchmarkSpec;
  readonly studies: readonly StudiedDataset[];
  readonly cells: readonly PlannedCell[];
}

/** Where a benchmark's data lie, and where it is kept. */
export interface PlanBenchmarkOptions {
  /** Folder of the benchmark. */
  readonly out: string;
  /** Folder or list of each data set, by its name in the specification. */
  readonly paths: ReadonlyMap<string, string>;
  readonly onProgress?: ((dataset: string, done: number, total: number) => void) | undefined;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Examines the data sets and lists the cells; nothing is trained.
 *
 * Errors: ConfigError B_DATA for a data set without a path; as `studyDataset` and `planCells`
 */
export async function planBenchmark(spec: BenchmarkSpec, options: PlanBenchmarkOptions): Promise<PlannedBenchmark> {
  const { out, paths, onProgress, onWarning, signal } = options;
  const studies: StudiedDataset[] = [];
  for (const dataset of spec.datasets) {
    const path = paths.get(dataset.name);
    if (path === undefined) throw nowhereError(dataset.name);
    const progress = (done: number, total: number) => onProgress?.(dataset.name, done, total);
    const study = await studyDataset(dataset, { path, out, onProgress: progress, signal });
    for (const warning of study.warnings) onWarning?.({ ...warning, where: `${dataset.name}: ${warning.where}` });
    studies.push(study);
  }
  return { spec, studies, cells: planCells(spec, { studies, out }) };
}

function nowhereError(name: string): ConfigError {
  return new ConfigError({
    code: "B_DATA",
    where: name,
    expected: "a folder or list of this data set",
    got: "none",
    next: `Pass --data ${name}=<path>`,
  });
}
