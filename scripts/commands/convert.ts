import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import {
  chooseScan,
  findScans,
  type LabelClass,
  parseLabelClasses,
  readScan,
  type Scan,
  type ScanWriter,
  writerFor,
  writerNamed,
  writers,
} from "../../pipeline/index.ts";
import { type CommandContext, limitsOption, readOptionsOf } from "../command-context.ts";
import { readReference } from "../reference.ts";

interface ConvertOptions {
  readonly scan?: string;
  readonly to?: string;
  readonly reference?: string;
  readonly classes?: string;
  readonly modality?: "CT" | "MR";
  readonly segEncoding?: "binary" | "labelmap";
}

/** `rarevox convert`: any readable scan or segmentation to any writable format. */
export function registerConvert(program: Command, context: CommandContext): void {
  const command = program
    .command("convert")
    .description("turn a scan or segmentation into another format")
    .argument("<in>", "file or folder that holds the scan")
    .argument("<out>", "file or, for a DICOM series, folder to write")
    .option("--scan <id>", "which scan of the input, as rarevox inspect names it")
    .option(
      "--to <format>",
      `format to write: ${writers.map(({ name }) => name).join(", ")} (default: by the ending of <out>)`,
    )
    .option("--reference <dicom folder>", "the series that a DICOM SEG made from another format refers to")
    .option(
      "--classes <json>",
      "what the label ids stand for: the classes array of a bundle.json, or the bundle.json itself",
    )
    .addOption(new Option("--modality <kind>", "what a DICOM series made from another format is").choices(["CT", "MR"]))
    .addOption(new Option("--seg-encoding <kind>", "how a DICOM SEG holds its voxels").choices(["binary", "labelmap"]))
    .addHelpText(
      "after",
      `
Examples:
  rarevox convert study/ scan.nii.gz
  rarevox convert study/ scan.nii.gz --scan 1.2.840.113619.2.5
  rarevox convert scan.nii.gz series/ --to dicom
  rarevox convert labels.nii.gz labels.seg.dcm --reference study/ --classes bundle.json`,
    );
  limitsOption(command).action(async (input: string, output: string, options: ConvertOptions) => {
    const readOptions = readOptionsOf(command, context);
    const found = chooseScan(await findScans([input], readOptions), { input, id: options.scan });
    const scan = await readScan(found, readOptions);
    const writer = chooseWriter(output, options.to);
    const terminal = context.terminal();
    const reference = await readReference(options.reference, readOptions);
    const written = await writer.write(await withClasses(scan, options.classes), output, {
      signal: context.signal,
      ...(reference === undefined ? {} : { reference }),
      ...(options.modality === undefined ? {} : { modality: options.modality }),
      ...(options.segEncoding === undefined ? {} : { segmentation: { encoding: options.segEncoding } }),
      warn: ({ code, where, text }) => terminal.warn(`${code} ${where}: ${text}`),
    });
    for (const { code, where, text } of scan.warnings) terminal.warn(`${code} ${where}: ${text}`);
    terminal.info(`Wrote ${written.length === 1 ? written[0] : `${written.length} files to ${join(output, "")}`}`);
  });
}

function chooseWriter(output: string, name: string | undefined): ScanWriter {
  return name === undefined ? writerFor(output) : writerNamed(name);
}

async function withClasses(scan: Scan, path: string | undefined): Promise<Scan> {
  if (path === undefined) return scan;
  const classes: readonly LabelClass[] = parseLabelClasses(await readFile(path, "utf8"), path);
  return { ...scan, classes };
}
