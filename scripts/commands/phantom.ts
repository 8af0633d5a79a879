import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CaseFacts } from "../../fixtures/phantom/mre/case-facts.ts";
import type { MreLayout } from "../../fixtures/phantom/mre/dataset-layout.ts";
import type { MreSize } from "../../fixtures/phantom/mre/fine-grid.ts";
import { writeMreDataset } from "../../fixtures/phantom/mre/write-dataset.ts";
import { writePhantomDataset } from "../../fixtures/phantom/phantom-dataset.ts";
import { type CommandContext, wholeNumber } from "../command-context.ts";
import { numberColumns, tableOf, textColumns } from "../table.ts";

interface PhantomFlags {
  readonly out: string;
  readonly cases: number;
  readonly seed: number;
  readonly size: MreSize;
  readonly layout: MreLayout;
  readonly dicom?: boolean;
  readonly json?: boolean;
}

type AbdomenFlags = Pick<PhantomFlags, "out" | "cases" | "seed">;

/** `rarevox phantom`: data sets of patients who do not exist, with labels that are true. */
export function registerPhantom(program: Command, context: CommandContext): void {
  const phantom = program.command("phantom").description("draw synthetic scans with true labels as a data set");
  phantom
    .command("mre")
    .description("coronal T2-weighted MR enterographies; labels of ten gastrointestinal organs, wall and lumen")
    .requiredOption("--out <folder>", "folder of the data set; one that was begun is gone on with")
    .option("--cases <n>", "how many", caseCount, 40)
    .option(
      "--seed <n>",
      "the same seed, the same bytes; a case depends on it and its own number alone",
      wholeNumber,
      1,
    )
    .addOption(
      new Option("--size <size>", "28 slices of 256 × 216, or 20 of 112 × 96 to train on two cores")
        .choices(["small", "full"])
        .default("full"),
    )
    .addOption(new Option("--layout <kind>", "of the data set").choices(["nnunet", "msd"]).default("nnunet"))
    .option("--dicom", "also write each case as a DICOM series with its DICOM SEG, below dicom/")
    .option("--json", "print one JSON document about the cases on stdout")
    .addHelpText(
      "after",
      `
Examples:
  rarevox phantom mre --cases 40 --seed 1 --out data/
  rarevox phantom mre --cases 12 --seed 1 --size small --out data/ && rarevox train data/ --out run/

Look at data/montage.png; data/phantom.json says what is true of each case.`,
    )
    .action((flags: PhantomFlags) => drawMre(flags, context));
  phantom
    .command("abdomen")
    .description("axial MR scans of simple bodies, each organ on a grey level of its own, in the layout of MSD")
    .requiredOption("--out <folder>", "folder of the data set; not there yet")
    .option("--cases <n>", "how many", caseCount, 12)
    .option("--seed <n>", "of the first; the others count on from it", wholeNumber, 1)
    .action((flags: AbdomenFlags) => drawAbdomens(flags, context));
}

async function drawAbdomens({ out, cases, seed }: AbdomenFlags, context: CommandContext): Promise<void> {
  const seeds = Array.from({ length: cases }, (_, n) => seed + n);
  const { signal } = context;
  await writePhantomDataset(out, seeds, { signal });
  context.terminal().info(`${cases} cases in ${out}`);
}

async function drawMre(flags: PhantomFlags, context: CommandContext): Promise<void> {
  const terminal = context.terminal();
  const progress = terminal.progress("phantom");
  const { out, cases, seed, size, layout, dicom = false, json } = flags;
  let done = 0;
  const onCase = ({ id }: CaseFacts) => progress.update("cases", ++done / cases, id);
  progress.update("cases", 0);
  const facts = await writeMreDataset(out, {
    cases,
    seed,
    size,
    layout,
    dicom,
    onCase,
    signal: context.signal,
  }).finally(progress.end);
  if (json === true) process.stdout.write(`${JSON.stringify({ out, cases: facts }, undefined, 2)}\n`);
  else process.stdout.write(`${volumeTable(facts)}\n`);
  terminal.info(`${facts.length} cases in ${out}; look at ${join(out, "montage.png")}`);
}

function volumeTable(facts: readonly CaseFacts[]): string {
  const names = Object.keys(facts[0].millilitres);
  const rows = names.map((name) => {
    const volumes = facts.map(({ millilitres }) => millilitres[name]).filter((ml) => ml > 0);
    const ml = (value: number) => (volumes.length === 0 ? "" : value.toFixed(1));
    const mean = volumes.reduce((sum, each) => sum + each, 0) / volumes.length;
    return [name, `${volumes.length}`, ml(mean), ml(Math.min(...volumes)), ml(Math.max(...volumes))];
  });
  return tableOf([...textColumns("organ"), ...numberColumns("cases", "mean ml", "least", "most")], rows);
}

function caseCount(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > 9999) throw new InvalidArgumentError("expected 1 to 9999");
  return count;
}
