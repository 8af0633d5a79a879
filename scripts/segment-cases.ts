import { basename, join } from "node:path";
import {
  type Bundle,
  type DicomOrigin,
  type Engine,
  EnvironmentError,
  type FoundScan,
  isNamedError,
  readScan,
  segmentScan,
  writeSegmentation,
} from "../pipeline/index.ts";
import { caseNamesOf } from "./case-names.ts";
import type { readOptionsOf } from "./command-context.ts";
import type { CaseResult } from "./results.ts";
import { printError, type Terminal } from "./terminal.ts";

/** What the command line says about every case. */
export interface CaseFlags {
  readonly formats?: readonly string[];
  readonly segEncoding?: "binary" | "labelmap";
  readonly tta?: boolean;
  readonly overlap?: number;
  readonly anyModality?: boolean;
  readonly overwrite?: boolean;
}

/** What all cases of a run share. */
export interface CaseTask {
  readonly flags: CaseFlags;
  readonly bundle: Bundle;
  readonly engine: Engine;
  readonly reference: DicomOrigin | undefined;
  readonly readOptions: ReturnType<typeof readOptionsOf>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Segments one scan after the other, each into a folder of its own below `out`; a refused one is a result too.
 *
 * Errors: EnvironmentError when the machine is at fault; the signal's reason
 */
export async function segmentCases(
  scans: readonly FoundScan[],
  out: string,
  task: CaseTask,
): Promise<readonly CaseResult[]> {
  const names = caseNamesOf(scans);
  const results: CaseResult[] = [];
  for (const [i, found] of scans.entries()) {
    task.signal.throwIfAborted();
    task.terminal.info(`[${i + 1}/${scans.length}] ${names[i]}`);
    results.push(await segmentCase(found, { name: names[i], folder: join(out, names[i]) }, task));
  }
  return results;
}

/** One case; what is wrong with it is its result, what is wrong with the machine ends the run. */
async function segmentCase(
  found: FoundScan,
  { name, folder }: { readonly name: string; readonly folder: string },
  task: CaseTask,
): Promise<CaseResult> {
  try {
    return { case: name, id: found.id, folder, ...(await segmentAndWrite(found, folder, task)) };
  } catch (error) {
    if (!isNamedError(error) || error instanceof EnvironmentError) throw error;
    printError(error, { verbosity: "normal" });
    return { case: name, id: found.id, problem: error.problem };
  }
}

async function segmentAndWrite(found: FoundScan, folder: string, task: CaseTask) {
  const { flags, bundle, engine, reference, readOptions, terminal, signal } = task;
  const scan = await readScan(found, readOptions);
  terminal.detail(`read ${scan.channels[0].shape.join(" × ")} voxels, ${scan.modality ?? "no modality"}`);
  const progress = terminal.progress(basename(folder));
  const segmentation = await segmentScan(scan, bundle, {
    engine,
    signal,
    mirror: flags.tta === true,
    anyModality: flags.anyModality === true,
    ...(flags.overlap === undefined ? {} : { overlap: flags.overlap }),
    onProgress: progress.update,
  }).finally(progress.end);
  const written = await writeSegmentation(segmentation, folder, {
    existing: flags.overwrite === true ? "replace" : "refuse",
    signal,
    ...(flags.formats === undefined ? {} : { formats: flags.formats }),
    ...(reference === undefined ? {} : { reference }),
    ...(flags.segEncoding === undefined ? {} : { segmentation: { encoding: flags.segEncoding } }),
  });
  for (const warning of [...segmentation.warnings, ...written.warnings])
    if (!engine.warnings.includes(warning)) terminal.warn(`${warning.code} ${warning.where}: ${warning.text}`);
  for (const [stage, milliseconds] of Object.entries(segmentation.provenance.stagesMs))
    terminal.detail(`${stage}: ${milliseconds} ms`);
  for (const { path, bytes } of written.files) terminal.detail(`wrote ${path}, ${bytes} bytes`);
  return { segmentation, written };
}
