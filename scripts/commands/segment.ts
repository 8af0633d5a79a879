import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import {
  type Bundle,
  type DicomOrigin,
  deliverableFormats,
  deviceNames,
  type Engine,
  EnvironmentError,
  type FoundScan,
  findScans,
  isNamedError,
  type Listing,
  loadBundle,
  openEngine,
  readScan,
  segmentScan,
  writeSegmentation,
} from "../../pipeline/index.ts";
import { caseNamesOf } from "../case-names.ts";
import { type CommandContext, fraction, limitsOption, readOptionsOf, wholeNumber, words } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readReference } from "../reference.ts";
import { type CaseResult, printResults } from "../results.ts";
import { printError, type Terminal } from "../terminal.ts";

interface SegmentFlags {
  readonly bundle: string;
  readonly out: string;
  readonly device?: string;
  readonly threads?: number;
  readonly formats?: readonly string[];
  readonly reference?: string;
  readonly segEncoding?: "binary" | "labelmap";
  readonly tta?: boolean;
  readonly overlap?: number;
  readonly anyModality?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `rarevox segment`: every scan of the inputs, with one loaded bundle. */
export function registerSegment(program: Command, context: CommandContext): void {
  const command = program
    .command("segment")
    .description("segment every scan in files and folders with a model bundle")
    .argument("<input...>", "DICOM folders, NIfTI files, or folder trees of them")
    .requiredOption("--bundle <folder|zip|name>", "the model: a folder, a .zip, or a name that ships with rarevox")
    .requiredOption("--out <folder>", "where the results go, one folder for each scan")
    .option("--device <name>", `where to run: ${deviceNames.join(", ")}`, "auto")
    .option("--threads <n>", "CPU threads (default: all)", wholeNumber)
    .option(
      "--formats <names>",
      `what to write, out of ${deliverableFormats.join(",")} (default: what the scan allows)`,
      words,
    )
    .option("--reference <dicom folder>", "the series that the scan was converted from; its DICOM SEG refers to it")
    .option("--seg-encoding <kind>", "DICOM SEG as binary (any viewer) or labelmap (smaller, DICOM 2024c)", "binary")
    .option("--tta", "average over mirrored images (test-time augmentation): slower, a little better")
    .option(
      "--overlap <share>",
      "share of a patch that its neighbour covers too (default: as the bundle says)",
      fraction,
    )
    .option("--any-modality", "take scans of another modality than the bundle was made for")
    .option("--overwrite", "put new results in the place of former ones")
    .option("--json", "print one JSON document about all cases on stdout")
    .addHelpText(
      "after",
      `
Examples:
  rarevox segment study/ --bundle abdomen-phantom --out results/
  rarevox segment scan.nii.gz --bundle model.zip --out results/ --formats nifti,json
  rarevox segment scan.nii.gz --bundle model/ --out results/ --reference study/     DICOM SEG for a converted scan
  rarevox segment cohort/ --bundle model/ --out results/ --device webgpu --tta

A case that is refused costs no other case; exit code 3 says that there was one.`,
    );
  limitsOption(command).action((inputs: string[], flags: SegmentFlags) =>
    segmentAll(inputs, { flags, command, context }),
  );
}

interface Invocation {
  readonly flags: SegmentFlags;
  readonly command: Command;
  readonly context: CommandContext;
}

async function segmentAll(inputs: readonly string[], { flags, command, context }: Invocation): Promise<void> {
  const terminal = context.terminal();
  const { signal } = context;
  const readOptions = readOptionsOf(command, context);
  const out = resolve(flags.out);
  const bundle = await loadBundle(flags.bundle, { limits: readOptions.limits });
  try {
    const listing = await findScans(inputs, readOptions);
    reportListing(listing, terminal);
    const reference = await readReference(flags.reference, readOptions);
    const engine = await openEngine({
      signal,
      ...(flags.device === undefined ? {} : { device: flags.device }),
      ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    });
    try {
      for (const { text } of engine.warnings) terminal.warn(text);
      const task: CaseTask = { flags, bundle, engine, reference, readOptions, terminal, signal };
      const results = await segmentCases(listing, out, task);
      await printResults(results, { listing, json: flags.json === true, terminal });
      const refused = listing.refusals.length + results.filter(({ problem }) => problem !== undefined).length;
      if (refused > 0 || results.length === 0) context.setExitCode(exitCodes.someRefused);
    } finally {
      await engine.close();
    }
  } finally {
    await bundle.close();
  }
}

interface CaseTask {
  readonly flags: SegmentFlags;
  readonly bundle: Bundle;
  readonly engine: Engine;
  readonly reference: DicomOrigin | undefined;
  readonly readOptions: ReturnType<typeof readOptionsOf>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function segmentCases({ scans }: Listing, out: string, task: CaseTask): Promise<readonly CaseResult[]> {
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
  for (const { code, where, text } of [...segmentation.warnings, ...written.warnings])
    terminal.warn(`${code} ${where}: ${text}`);
  return { segmentation, written };
}

function reportListing({ refusals, skipped }: Listing, terminal: Terminal): void {
  for (const { problem } of refusals) terminal.warn(`refused: ${problem.code} ${problem.where}: ${problem.got}`);
  if (skipped.length > 0) terminal.detail(`skipped ${skipped.length} files that hold no image`);
}
