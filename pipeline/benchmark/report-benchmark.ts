import { join } from "node:path";
import { waitForFolder } from "../io/claim-folder.ts";
import type { BenchmarkResults } from "../report/benchmark-results.ts";
import { writeBenchmarkReport } from "../report/write-benchmark-report.ts";
import { gatherResults } from "./gather-results.ts";
import type { PlannedBenchmark } from "./plan-benchmark.ts";

/** Where a report is put, and what it says of itself. */
export interface ReportBenchmarkOptions {
  /** Folder of the benchmark; the report is in `report/` below it. */
  readonly out: string;
  /** Command lines that make the same results again. */
  readonly commands?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a report was made from, and its page. */
export interface BenchmarkReport {
  readonly results: BenchmarkResults;
  /** Absent while no cell is done. */
  readonly page?: string;
}

/**
 * Makes the report of all that is there, whoever ran it. Processes that share the folder make it one after the other, so that the
 * last one's has all cells.
 *
 * Errors: as `gatherResults` and `writeBenchmarkReport`; the signal's reason
 */
export async function reportBenchmark(
  planned: PlannedBenchmark,
  { out, commands, signal }: ReportBenchmarkOptions,
): Promise<BenchmarkReport> {
  const claim = await waitForFolder(join(out, "report-lock"), signal);
  try {
    const results = await gatherResults(planned);
    if (results.costs.length === 0) return { results };
    const folder = join(out, "report");
    await writeBenchmarkReport(results, folder, { commands, signal });
    return { results, page: join(folder, "report.html") };
  } finally {
    await claim.release();
  }
}
