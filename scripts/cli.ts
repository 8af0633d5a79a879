#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { closeParsingPool, version } from "../pipeline/index.ts";
import type { CommandContext } from "./command-context.ts";
import { commands } from "./commands/index.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { openTerminal, printError, type Verbosity } from "./terminal.ts";

const program = new Command("rarevox")
  .description("Segment medical scans, above all the rare and small structures in them.")
  .version(version)
  .option("--quiet", "say only warnings and errors")
  .option("--verbose", "say what each stage does, and show stacks of errors")
  .exitOverride()
  .showHelpAfterError("(rarevox --help shows what can be said)")
  .addHelpText(
    "after",
    `
Examples:
  rarevox inspect study/
  rarevox segment study/ --bundle hippocampus.zip --out results/
  rarevox evaluate results/ references/ --out evaluation/
  rarevox convert study/ scan.nii.gz
  rarevox doctor

Exit codes: 0 done, 1 a fault of rarevox, 2 wrong usage or bundle, 3 some input refused, 4 the machine (disk, memory,
device), 130 interrupted.`,
  );

process.exitCode = await main();

async function main(): Promise<number> {
  const abort = abortOnSignals();
  let exitCode: number = exitCodes.done;
  const context: CommandContext = {
    terminal: () => openTerminal(verbosity()),
    signal: abort.signal,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  for (const register of commands) register(program, context);
  try {
    await program.parseAsync();
  } catch (error) {
    if (abort.signal.aborted) return exitCodes.interrupted;
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    printError(error, { verbosity: verbosity() });
    return exitCodeOf(error);
  } finally {
    await closeParsingPool();
  }
  return abort.signal.aborted ? exitCodes.interrupted : exitCode;
}

function verbosity(): Verbosity {
  const { quiet, verbose } = program.opts<{ quiet?: boolean; verbose?: boolean }>();
  return verbose ? "verbose" : quiet ? "quiet" : "normal";
}

/** The first signal lets the running step end cleanly, the second ends the process at once. */
function abortOnSignals(): AbortController {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      process.stderr.write("\nStopping; nothing half-written will be left. Once more to stop at once.\n");
      controller.abort();
    });
  // A reader that went away (`| head`) must not cost the cases that are still to be done.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return controller;
}
