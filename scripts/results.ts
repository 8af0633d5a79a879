import type { ClassMeasurement, Listing, Problem, Segmentation, WrittenSegmentation } from "../pipeline/index.ts";
import { numberColumns, tableOf, textColumns } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";

/** What became of one case. */
export interface CaseResult {
  readonly case: string;
  readonly id: string;
  /** Folder of the outputs; absent where there are none. */
  readonly folder?: string;
  readonly segmentation?: Segmentation;
  readonly written?: WrittenSegmentation;
  readonly problem?: Problem;
}

/** How results are shown. */
export interface PrintResultsOptions {
  readonly listing: Listing;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** Says what was found and where it is: a table for each case, or one JSON document. */
export async function printResults(
  results: readonly CaseResult[],
  { listing, json, terminal }: PrintResultsOptions,
): Promise<void> {
  if (json) {
    const document = { cases: results.map(recordOf), refusals: listing.refusals.map(({ problem }) => problem) };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  for (const { case: name, segmentation, folder } of results) {
    if (segmentation === undefined) continue;
    process.stdout.write(
      `\n${printable(name)}\n${measurementTable(segmentation.measurements)}\n${printable(folder ?? "")}\n`,
    );
  }
  const done = results.filter(({ problem }) => problem === undefined).length;
  terminal.info(`${done} of ${results.length} scans segmented${refusedText(results, listing)}`);
}

function refusedText(results: readonly CaseResult[], { refusals }: Listing): string {
  const refused = refusals.length + results.filter(({ problem }) => problem !== undefined).length;
  return refused === 0 ? "" : `, ${refused} refused (named above)`;
}

/** What was measured of each class, for people. */
function measurementTable(measurements: readonly ClassMeasurement[]): string {
  return tableOf(
    [...textColumns("class"), ...numberColumns("voxels", "ml", "mean", "std", "centre [x, y, z] mm")],
    measurements.map(({ name, voxels, millilitres, intensity, centroidLpsMm }) => [
      name,
      String(voxels),
      millilitres.toFixed(2),
      intensity?.mean.toFixed(1) ?? "",
      intensity?.std.toFixed(1) ?? "",
      centroidLpsMm?.map((mm) => mm.toFixed(1)).join(", ") ?? "",
    ]),
  );
}

function recordOf({ case: name, id, folder, segmentation, written, problem }: CaseResult) {
  return {
    case: name,
    id,
    status: problem === undefined ? "done" : "refused",
    ...(problem === undefined ? {} : { problem }),
    ...(folder === undefined ? {} : { folder }),
    ...(written === undefined ? {} : { files: written.files }),
    ...(segmentation === undefined
      ? {}
      : {
          measurements: segmentation.measurements,
          warnings: [...segmentation.warnings, ...(written?.warnings ?? [])],
          device: segmentation.provenance.device,
        }),
  };
}
