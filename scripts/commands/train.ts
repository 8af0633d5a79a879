import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type CascadeConfig,
  cascadeFolderAt,
  completeCascade,
  completeConfig,
  deviceNames,
  type LogRecord,
  networkNamed,
  readCascadeConfig,
  readTrainingConfig,
  type TrainedBundle,
  type TrainingConfig,
  trainBundle,
  trainCascade,
  type Warning,
  withImbalance,
} from "../../pipeline/index.ts";
import { cacheFolder } from "../cache-folder.ts";
import { type CommandContext, wholeNumber } from "../command-context.ts";
import type { Progress, Terminal } from "../terminal.ts";

interface TrainFlags {
  readonly out: string;
  readonly config?: string;
  readonly architecture?: string;
  readonly imbalance?: readonly string[];
  readonly cascade?: string;
  readonly plan?: string;
  readonly fold: number | "all";
  readonly folds: "stratified" | "nnunet";
  readonly steps?: number;
  readonly seed?: number;
  readonly features?: number;
  readonly dimensions?: "2" | "3";
  readonly resume?: boolean;
  readonly init?: string;
  readonly skipBadCases?: boolean;
  readonly planOnly?: boolean;
  readonly deliverNow?: boolean;
  readonly device: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly cache: string;
  readonly json?: boolean;
}

/** Number of folds that `stratified` makes; nnU-Net's are five too. */
const FOLDS = 5;

/** Options that would make another run of the one that is resumed. */
const OF_NEW_RUNS = [
  "config",
  "architecture",
  "imbalance",
  "plan",
  "steps",
  "seed",
  "features",
  "dimensions",
  "init",
  "planOnly",
];

/** Options that speak of the one network of a run, of which a cascade has several. */
const OF_ONE_NETWORK = [
  "config",
  "architecture",
  "imbalance",
  "plan",
  "steps",
  "features",
  "dimensions",
  "init",
  "deliverNow",
];

/** `rarevox train`: a data set in, a bundle out. */
export function registerTrain(program: Command, context: CommandContext): void {
  program
    .command("train")
    .description("train a model bundle on scans with label maps")
    .argument(
      "<data set>",
      "folder in the layout of nnU-Net, MSD, BIDS, a public data set, images/ and labels/, or a CSV",
    )
    .requiredOption("--out <run>", "folder of the run: settings, plan, log, checkpoints, bundle")
    .option("--config <json>", "training settings; what it leaves out has a default (default: all defaults)")
    .option("--architecture <kind[:size]>", "network, in place of the settings' own; rarevox models list has them")
    .option(
      "--imbalance <methods>",
      "methods against imbalance, separated by commas, on top of the settings; rarevox models list has them",
      (text: string) => text.split(",").map((name) => name.trim()),
    )
    .addOption(
      new Option(
        "--cascade <json>",
        "train a coarse network and fine ones in the regions that it finds; settings, or default for the usual ones",
      ).conflicts(OF_ONE_NETWORK),
    )
    .option("--plan <json>", "a plan to take as it is, such as an edited one, instead of making one")
    .option("--fold <n>", "fold that is held out, counted from 0, or all to train on every case", foldNumber, 0)
    .addOption(
      new Option("--folds <kind>", "five folds by the classes that cases hold, or those that nnU-Net draws")
        .choices(["stratified", "nnunet"])
        .default("stratified"),
    )
    .option("--steps <n>", "steps in all, in place of the settings' own", wholeNumber)
    .option("--seed <n>", "seed, in place of the settings' own", wholeNumber)
    .option("--features <n>", "channels of the network's finest stage (default: 16)", wholeNumber)
    .addOption(new Option("--dimensions <n>", "of the network (default: those of the images)").choices(["2", "3"]))
    .addOption(
      new Option(
        "--resume",
        "go on with the run in the folder from its last checkpoint, as its settings say",
      ).conflicts(OF_NEW_RUNS),
    )
    .addOption(
      new Option("--deliver-now", "make the bundle of a run's last checkpoint without a further step").implies({
        resume: true,
      }),
    )
    .option("--init <safetensors>", "weights to start from, also of MONAI or nnU-Net: fine-tuning")
    .option("--skip-bad-cases", "train without the cases that cannot be used instead of refusing the data set")
    .option("--plan-only", "examine the data set, write settings, split and, of one network, plan, and stop")
    .option("--device <name>", `where to train: ${deviceNames.join(", ")}`, "cpu")
    .option("--threads <n>", "CPU threads of the network (default: all)", wholeNumber)
    .option("--workers <n>", "threads that make batches (default: 1)", wholeNumber)
    .option("--cache <folder>", "where prepared cases are kept for later runs", cacheFolder())
    .option("--json", "print one JSON document about the run on stdout")
    .addHelpText(
      "after",
      `
Examples:
  rarevox train Task04_Hippocampus/ --out runs/hippocampus
  rarevox train Dataset004/ --out runs/fold1 --fold 1 --folds nnunet --config focal.json
  rarevox train Dataset004/ --out runs/swin --architecture swin-unetr:tiny --imbalance focal,class-balanced-sampling
  rarevox train Dataset004/ --out runs/mine --plan-only      then edit runs/mine/plan.json
  rarevox train Dataset004/ --out runs/mine --resume
  rarevox train mre/ --out runs/cascade --cascade default

Ctrl-C writes a checkpoint; --resume then comes to the same weights as a run that was never stopped.`,
    )
    .action((dataset: string, flags: TrainFlags) => train(dataset, { flags, context }));
}

async function train(dataset: string, { flags, context }: { flags: TrainFlags; context: CommandContext }) {
  const terminal = context.terminal();
  const progress = terminal.progress("train");
  const { device, threads, workers, cache } = flags;
  const live = liveLine({ terminal, progress });
  const common = {
    dataset,
    out: resolve(flags.out),
    fold: flags.fold,
    folds: flags.folds,
    foldCount: FOLDS,
    resume: flags.resume,
    skipBadCases: flags.skipBadCases === true,
    device,
    threads,
    workers,
    cache,
    onProgress: (stage: string, done: number, total: number) => progress.update(stage, done / total),
    onStart: live.start,
    onRecord: live.show,
    onWarning: ({ code, where, text }: Warning) => terminal.warn(`${code} ${where}: ${text}`),
    signal: context.signal,
  };
  try {
    const trained = isCascade(flags)
      ? await trainCascade({
          ...common,
          config: await cascadeOf(flags),
          planOnly: flags.planOnly === true,
          onNetwork: terminal.info,
        })
      : await trainBundle({ ...common, ...(await oneNetworkOf(flags)) });
    progress.end();
    if (trained === undefined) terminal.info(`planned: edit ${settingsOf(flags)}, then pass --resume`);
    else report(trained, { terminal, json: flags.json === true });
  } finally {
    progress.end();
  }
}

/** Whether a cascade is asked for, or the folder that is to be gone on with holds one. */
function isCascade({ cascade, resume, out }: TrainFlags): boolean {
  return cascade !== undefined || (resume === true && existsSync(cascadeFolderAt(out).config));
}

async function cascadeOf({ cascade: path, seed }: TrainFlags): Promise<CascadeConfig | undefined> {
  if (path === undefined) return undefined;
  const config = path === "default" ? completeCascade({}) : await readCascadeConfig(path);
  return seed === undefined ? config : { ...config, seed };
}

async function oneNetworkOf(flags: TrainFlags) {
  return {
    config: await configOf(flags),
    plan: flags.plan,
    planOptions: planOptionsOf(flags),
    planOnly: flags.planOnly === true,
    deliverNow: flags.deliverNow === true,
    init: flags.init,
  };
}

async function configOf({ config: path, steps, seed, architecture, imbalance }: TrainFlags): Promise<TrainingConfig> {
  const given = path === undefined ? completeConfig({}) : await readTrainingConfig(path);
  const network = architecture === undefined ? {} : { network: networkNamed(architecture) };
  const config = withImbalance({ ...given, ...network }, imbalance ?? []);
  return { ...config, ...(steps === undefined ? {} : { steps }), ...(seed === undefined ? {} : { seed }) };
}

function planOptionsOf({ features, dimensions }: TrainFlags) {
  return {
    ...(features === undefined ? {} : { features }),
    ...(dimensions === undefined ? {} : { dimensions: Number(dimensions) as 2 | 3 }),
  };
}

function foldNumber(text: string): number | "all" {
  if (text === "all") return text;
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError("expected a whole number such as 0, or all");
  return Number(text);
}

/** The live line: step, loss, learning rate, and each class's last validation Dice. */
function liveLine({ terminal, progress }: { terminal: Terminal; progress: Progress }) {
  let [first, steps, dice] = [0, 1, ""];
  const show = (record: LogRecord) => {
    if (record.kind === "step") {
      const { step, loss, learningRate } = record;
      const text = `step ${step}/${steps}, loss ${loss.toFixed(3)}, rate ${learningRate.toPrecision(2)}${dice}`;
      progress.update("steps", (step - first) / (steps - first), text);
    } else if (record.kind === "validation") {
      dice = `, Dice ${textOf(record.dice)}`;
      terminal.detail(`step ${record.step}${dice}, mean ${record.meanDice.toFixed(4)}`);
    } else if (record.kind === "alarm") terminal.warn(record.text);
    else terminal.detail(`${record.kind} ${record.text}`);
  };
  return {
    start: (taken: number, all: number) => {
      [first, steps] = [taken, all];
    },
    show,
  };
}

function textOf(dice: Readonly<Record<string, number>>): string {
  return Object.entries(dice)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(", ");
}

/** What a person may edit before a planned run is gone on with. */
function settingsOf(flags: TrainFlags): string {
  const names = isCascade(flags) ? ["cascade.json"] : ["plan.json", "config.json"];
  return names.map((name) => join(flags.out, name)).join(" and ");
}

function report(trained: TrainedBundle, { terminal, json }: { terminal: Terminal; json: boolean }): void {
  const { place, deliveredStep, dice, steps, waitShare, device } = trained;
  const scores = textOf(dice);
  const waiting =
    waitShare === undefined ? "" : `, ${(100 * waitShare).toFixed(1)} % of the time spent waiting for batches`;
  terminal.info(`${steps} steps on ${device}${waiting}`);
  if (scores !== "") terminal.info(`validation Dice of the weights of step ${deliveredStep}: ${scores}`);
  terminal.info(`bundle: ${place.bundle}`);
  if (json) process.stdout.write(`${JSON.stringify({ ...trained, place: undefined, bundle: place.bundle })}\n`);
}
