import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import {
  type BenchmarkOutcome,
  deviceNames,
  type PlannedBenchmark,
  planBenchmark,
  readBenchmarkSpec,
  reportBenchmark,
  runBenchmark,
  type Shard,
} from "../../pipeline/index.ts";
import { addDataPath, type DataPaths, dataPathsOf } from "../benchmark-data.ts";
import { cellLines } from "../benchmark-lines.ts";
import { planTable } from "../benchmark-plan.ts";
import { cacheFolder } from "../cache-folder.ts";
import { type CommandContext, wholeNumber } from "../command-context.ts";
import { exitCodes } from "../exit-codes.ts";

interface BenchmarkFlags {
  readonly out: string;
  readonly data?: DataPaths;
  readonly preset?: string;
  readonly shard?: Shard;
  readonly retryFailed?: boolean;
  readonly reportOnly?: boolean;
  readonly dryRun?: boolean;
  readonly device: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly cache: string;
  readonly json?: boolean;
}

/** `rarevox benchmark`: networks and ways to train them, compared at an equal budget. */
export function registerBenchmark(program: Command, context: CommandContext): void {
  program
    .command("benchmark")
    .description("compare networks and ways to train them on data sets, at an equal budget")
    .argument("<spec>", "JSON that says what is compared; rarevox schema benchmark describes it")
    .requiredOption("--out <folder>", "folder of the benchmark; one that was begun is gone on with")
    .option("--data <name=path>", "where a data set of the specification lies; once for each", addDataPath)
    .option("--preset <name>", "one of the specification's presets, such as a small one to try it")
    .option("--shard <i/n>", "only this machine's share of the cells, such as 2/4", shardOf)
    .option("--retry-failed", "begin again with cells that failed")
    .option("--report-only", "only make the report of what is there")
    .option("--dry-run", "only list the cells and how long they may take")
    .option("--device <name>", `where to train and to segment: ${deviceNames.join(", ")}`, "cpu")
    .option("--threads <n>", "CPU threads of the network (default: all)", wholeNumber)
    .option("--workers <n>", "threads that make batches (default: 1)", wholeNumber)
    .option("--cache <folder>", "where prepared cases are kept for later runs", cacheFolder())
    .option("--json", "print one JSON document about the cells on stdout")
    .addHelpText(
      "after",
      `
Examples:
  rarevox benchmark hippocampus.json --data hippocampus=Task04_Hippocampus/ --out runs/weighting
  rarevox benchmark hippocampus.json --data hippocampus=Task04_Hippocampus/ --out runs/weighting --dry-run
  rarevox benchmark mre.json --out /shared/mre --shard 2/4      on the second of four machines

Stopped by Ctrl-C, kill -9 or a power cut, the same command goes on where it was.
Exit code 3: some cells failed; they are named in the report, and --retry-failed begins again with them.`,
    )
    .action((spec: string, flags: BenchmarkFlags) => benchmark(spec, { flags, context }));
}

async function benchmark(path: string, { flags, context }: { flags: BenchmarkFlags; context: CommandContext }) {
  const out = resolve(flags.out);
  const planned = await plan(path, { flags, context });
  if (flags.dryRun) {
    process.stdout.write(`${await planTable(planned, flags.shard)}\n`);
    return;
  }
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "spec.json"), `${JSON.stringify(planned.spec, undefined, 2)}\n`);
  const outcome = flags.reportOnly ? undefined : await run(planned, { flags, context });
  await report(planned, { path, flags, context, outcome });
}

async function plan(specPath: string, { flags, context }: { flags: BenchmarkFlags; context: CommandContext }) {
  const terminal = context.terminal();
  const { signal } = context;
  const spec = await readBenchmarkSpec(specPath, { preset: flags.preset });
  const progress = terminal.progress("benchmark");
  const out = resolve(flags.out);
  const onProgress = (step: string) => (dataset: string, done: number, total: number) =>
    progress.update(`${step} ${dataset}`, done / total);
  try {
    const given = flags.data ?? new Map();
    const paths = await dataPathsOf(spec, { specPath, given, out, onProgress: onProgress("draw"), signal });
    return await planBenchmark(spec, {
      out,
      paths,
      onProgress: onProgress("examine"),
      onWarning: ({ code, where, text }) => terminal.warn(`${code} ${where}: ${text}`),
      signal,
    });
  } finally {
    progress.end();
  }
}

async function run(planned: PlannedBenchmark, { flags, context }: { flags: BenchmarkFlags; context: CommandContext }) {
  const { device, threads, workers, cache, shard, retryFailed } = flags;
  const lines = await cellLines(planned, { shard, retryFailed, terminal: context.terminal() });
  try {
    return await runBenchmark(planned, {
      device,
      threads,
      workers,
      cache,
      shard,
      retryFailed,
      onCell: lines.show,
      signal: context.signal,
    });
  } finally {
    lines.end();
  }
}

interface ReportTask {
  readonly path: string;
  readonly flags: BenchmarkFlags;
  readonly context: CommandContext;
  readonly outcome: BenchmarkOutcome | undefined;
}

async function report(planned: PlannedBenchmark, { path, flags, context, outcome }: ReportTask): Promise<void> {
  const terminal = context.terminal();
  const commands = [`rarevox benchmark ${path} --out ${flags.out}`];
  const { results, page } = await reportBenchmark(planned, {
    out: resolve(flags.out),
    commands,
    signal: context.signal,
  });
  const { failures, missing } = results;
  const done = planned.cells.length - failures.length - missing.length;
  const left = missing.length === 0 ? "" : `, ${missing.length} not run yet`;
  terminal.info(`${done} of ${planned.cells.length} cells done, ${failures.length} failed${left}`);
  for (const { dataset, method, fold, seed } of missing.slice(0, MOST_NAMED))
    terminal.info(`not run yet: ${dataset} ${method} fold ${fold} seed ${seed}`);
  if (missing.length > MOST_NAMED) terminal.info(`and ${missing.length - MOST_NAMED} more`);
  if (page !== undefined) terminal.info(`report: ${page}`);
  if (flags.json) process.stdout.write(`${JSON.stringify({ out: flags.out, done, failures, missing })}\n`);
  const failed = outcome === undefined ? failures.length : outcome.failed.length;
  if (failed > 0) context.setExitCode(exitCodes.someRefused);
}

/** Cells that a terminal has room for. */
const MOST_NAMED = 20;

function shardOf(text: string): Shard {
  const [, number, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { number: Number(number), count: Number(count) };
  if (shard.number >= 1 && shard.number <= shard.count) return shard;
  throw new InvalidArgumentError("expected the number of a share and of all, such as 2/4");
}
