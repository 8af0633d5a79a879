import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  assertEvaluationFits,
  ConfigError,
  defaultMetricNames,
  type EmptyRule,
  emptyRules,
  evaluateFolders,
  metricNames,
  type RegionChoice,
  writeEvaluation,
} from "../../pipeline/index.ts";
import { type CommandContext, fraction, wholeNumber, words } from "../command-context.ts";
import { printEvaluation } from "../evaluation-tables.ts";
import { exitCodes } from "../exit-codes.ts";
import { assertOutsideInputs } from "../output-place.ts";

interface EvaluateFlags {
  readonly out: string;
  readonly classes?: string;
  readonly metrics?: readonly string[];
  readonly tolerance?: Tolerances;
  readonly empty: EmptyRule;
  readonly region: "whole" | "body" | { readonly kind: "box"; readonly marginMm: number };
  readonly images?: string;
  readonly bodyAbove?: number;
  readonly resample?: boolean;
  readonly missing: "refuse" | "empty";
  readonly ignoreLabel?: number;
  readonly probabilities?: string;
  readonly lesionConnectivity?: "6" | "18" | "26";
  readonly groups?: string;
  readonly sizeTertiles?: boolean;
  readonly compare?: readonly string[];
  readonly explainConventions?: boolean;
  readonly level?: number;
  readonly resamples?: number;
  readonly seed?: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Distances that do not count, for all classes and for some. */
interface Tolerances {
  readonly all?: number;
  readonly byClass: Readonly<Record<string, number>>;
}

/** `rarevox evaluate`: a folder of segmentations against references. */
export function registerEvaluate(program: Command, context: CommandContext): void {
  program
    .command("evaluate")
    .description("measure segmentations against references, by stated rules, with statistics for a paper")
    .argument("<predictions>", "folder of label maps (NIfTI, DICOM SEG, NRRD, MetaImage, PNG …), or one file")
    .argument("<references>", "the same for the references; cases are paired by name")
    .requiredOption("--out <folder>", "where scores.csv, cases.csv, summary.md, methods.txt and summary.json go")
    .option(
      "--classes <json>",
      "what the labels stand for: a bundle.json, a dataset.json, or the list in one (default: dataset.json in or beside " +
        "the references, else the labels found there)",
    )
    .option(
      "--metrics <names>",
      `metrics or families, out of ${METRICS} (default: ${defaultMetricNames.join(",")})`,
      words,
    )
    .option(
      "--tolerance <mm...>",
      "surface distance that does not count; appendix=2 for one class (default: 1)",
      tolerance,
    )
    .addOption(
      new Option("--empty <rule>", "what undefined metrics are worth").choices(Object.keys(emptyRules)).default("nan"),
    )
    .option("--region <kind>", "where the O-Value's prevalence is taken: whole, body, box:<mm>", region, "whole")
    .option("--images <folder>", "images named as the references, for --region body")
    .option(
      "--body-above <intensity>",
      "what belongs to the body (default: -500 in CT, Otsu's threshold elsewhere)",
      anyNumber,
    )
    .option("--resample", "put predictions on other grids onto the reference's instead of refusing them")
    .addOption(
      new Option("--missing <what>", "a case without a prediction is refused, or counts as predicted empty")
        .choices(["refuse", "empty"])
        .default("refuse"),
    )
    .option("--ignore-label <id>", "voxels that the reference labels so do not count", wholeNumber)
    .option(
      "--probabilities <folder>",
      "measures calibration too: nnU-Net's <case>.npz, an image with a volume per class, or <case>/<class>.nii.gz",
    )
    .addOption(
      new Option("--lesion-connectivity <n>", "voxels of a lesion share faces, edges or corners (default: 26)").choices(
        ["6", "18", "26"],
      ),
    )
    .option("--groups <csv>", "table with the columns case, patient (the unit of statistics) and any to group by")
    .option("--size-tertiles", "group each class by its size in the reference too")
    .option("--compare <folder...>", "further folders of predictions: paired tests, and a ranking of more than two")
    .option("--explain-conventions", "say what other packages would have said of the same masks")
    .option("--level <share>", "of intervals (default: 0.95)", fraction)
    .option("--resamples <n>", "draws of each interval (default: 2000)", wholeNumber)
    .option("--seed <n>", "of the draws (default: 1)", wholeNumber)
    .option("--overwrite", "put the new evaluation in the place of a former one")
    .option("--json", "print summary.json on stdout instead of a table")
    .addHelpText(
      "after",
      `
Examples:
  rarevox evaluate results/ labelsTs/ --out evaluation/
  rarevox evaluate predictions/ labelsTs/ --out evaluation/ --metrics dice,surface,lesions --tolerance 2 appendix=1
  rarevox evaluate unet/ labelsTs/ --compare swin/ unetr/ --groups patients.csv --out comparison/
  rarevox evaluate case.seg.dcm case.nii.gz --classes bundle.json --out evaluation/

A case that is refused costs no other; exit code 3 says that there was one.`,
    )
    .action((predictions: string, references: string, flags: EvaluateFlags) =>
      evaluate([predictions, references], flags, context),
    );
}

const FAMILIES = "all, overlap, surface, o-value, lesions, topology, calibration";
const METRICS = `${FAMILIES}, ${metricNames.join(", ")}`;

async function evaluate(
  [predictions, references]: readonly [string, string],
  flags: EvaluateFlags,
  context: CommandContext,
): Promise<void> {
  const terminal = context.terminal();
  const { signal } = context;
  const out = resolve(flags.out);
  const existing = flags.overwrite === true ? "replace" : "refuse";
  await assertOutsideInputs(out, [predictions, references, ...(flags.compare ?? [])]);
  await assertEvaluationFits(out, { existing });
  const progress = terminal.progress("evaluate");
  const evaluation = await evaluateFolders(predictions, references, {
    classes: flags.classes,
    metrics: flags.metrics,
    toleranceMm: flags.tolerance?.all,
    classToleranceMm: flags.tolerance?.byClass,
    emptyRule: flags.empty,
    region: regionOf(flags),
    resample: flags.resample,
    missing: flags.missing,
    ignoreLabel: flags.ignoreLabel,
    probabilities: flags.probabilities,
    lesionConnectivity: connectivityOf(flags),
    groups: flags.groups,
    sizeTertiles: flags.sizeTertiles,
    compare: flags.compare,
    conventions: flags.explainConventions,
    level: flags.level,
    resamples: flags.resamples,
    seed: flags.seed,
    onProgress: (stage, done, total) => {
      progress.update(stage, done / total);
      terminal.detail(`${stage}: ${done} of ${total}`);
    },
    signal,
  }).finally(progress.end);
  await writeEvaluation(evaluation, out, { existing, signal });
  const refused = await printEvaluation(evaluation, {
    terminal,
    summary: flags.json === true ? join(out, "summary.json") : undefined,
  });
  terminal.info(`tables: ${join(out, "summary.md")}, scores: ${join(out, "scores.csv")}`);
  if (refused > 0) context.setExitCode(exitCodes.someRefused);
}

function connectivityOf({ lesionConnectivity }: EvaluateFlags): 6 | 18 | 26 | undefined {
  return lesionConnectivity === undefined ? undefined : (Number(lesionConnectivity) as 6 | 18 | 26);
}

function regionOf({ region, images, bodyAbove }: EvaluateFlags): RegionChoice {
  if (typeof region !== "string") return region;
  if (region === "whole") return { kind: region };
  if (images === undefined)
    throw new ConfigError({
      code: "C_IMAGES",
      where: "--region body",
      expected: "the folder of the images",
      got: "none",
      next: "Pass --images <folder>, or take the whole field",
    });
  return { kind: region, images, ...(bodyAbove === undefined ? {} : { above: bodyAbove }) };
}

function region(text: string): EvaluateFlags["region"] {
  if (text === "whole" || text === "body") return text;
  const marginMm = /^box(?::(\d{1,4}(?:\.\d+)?))?$/.exec(text);
  if (marginMm === null)
    throw new InvalidArgumentError("expected whole, body, or box:20 for the class's box and 20 mm");
  return { kind: "box", marginMm: Number(marginMm[1] ?? 0) };
}

function tolerance(text: string, sofar: Tolerances = { byClass: {} }): Tolerances {
  const { name, mm } = /^(?:(?<name>.+)=)?(?<mm>\d{1,4}(?:\.\d+)?)$/.exec(text)?.groups ?? {};
  if (mm === undefined) throw new InvalidArgumentError("expected mm such as 2, or a class and mm such as appendix=2");
  if (name === undefined) return { ...sofar, all: Number(mm) };
  return { ...sofar, byClass: { ...sofar.byClass, [name]: Number(mm) } };
}

function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number such as -500");
  return value;
}
