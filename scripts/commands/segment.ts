import { resolve } from "node:path";
import { type Command, Option } from "commander";
import {
  deliverableFormats,
  deviceNames,
  type FoundScan,
  findScans,
  type Listing,
  loadBundle,
  openEngine,
} from "../../pipeline/index.ts";
import { type CommandContext, fraction, limitsOption, readOptionsOf, wholeNumber, words } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";
import { assertOutsideInputs } from "../output-place.ts";
import { readReference } from "../reference.ts";
import { printResults } from "../results.ts";
import { type CaseFlags, type CaseTask, segmentCases } from "../segment-cases.ts";
import type { Terminal } from "../terminal.ts";

type SegmentFlags = CaseFlags & {
  readonly bundle: string;
  readonly out: string;
  readonly device?: string;
  readonly threads?: number;
  readonly reference?: string;
  readonly json?: boolean;
};

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
    .addOption(
      new Option("--seg-encoding <kind>", "DICOM SEG as binary (any viewer) or labelmap (smaller, DICOM 2024c)")
        .choices(["binary", "labelmap"])
        .default("binary"),
    )
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
  await assertOutsideInputs(out, inputs);
  const bundle = await loadBundle(flags.bundle, { limits: readOptions.limits });
  try {
    const listing = imagesOf(await findScans(inputs, readOptions));
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
      const results = await segmentCases(listing.scans, out, task);
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

/** Archives keep segmentations beside their images; they are no cases. */
function imagesOf({ scans, skipped, refusals }: Listing): Listing {
  const isSegmentation = ({ summary }: FoundScan) => summary.modality === "SEG";
  const segmentations = scans.filter(isSegmentation).flatMap(({ files }) => files);
  return {
    scans: scans.filter((scan) => !isSegmentation(scan)),
    refusals,
    skipped: [...skipped, ...segmentations.map((path) => ({ path, reason: "a segmentation" }))],
  };
}

function reportListing({ refusals, skipped }: Listing, terminal: Terminal): void {
  for (const { problem } of refusals) terminal.warn(`refused: ${problem.code} ${problem.where}: ${problem.got}`);
  if (skipped.length > 0) terminal.info(`skipped ${skipped.length} files that hold no image`);
}
