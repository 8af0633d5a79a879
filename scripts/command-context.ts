import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultLimits, type Limits, type ReadOptions } from "../pipeline/index.ts";
import type { Terminal } from "./terminal.ts";

/** What the program hands to every command. */
export interface CommandContext {
  /** The terminal, as talkative as the global options ask. */
  readonly terminal: () => Terminal;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
}

interface LimitFlags {
  readonly allowGap?: boolean;
  readonly allowMixed?: boolean;
  readonly straighten?: boolean;
  readonly volume?: number;
  readonly assumeOrientation?: string;
  readonly nanTo?: "min";
  readonly limit?: Partial<Limits>;
}

/** Adds the options that say how untrusted input is read. */
export function limitsOption(command: Command): Command {
  return command
    .option("--allow-gap", "accept a series with missing slices (nothing is interpolated)")
    .option("--allow-mixed", "take a series' main orientation when at least 90 % of its slices have it")
    .option("--straighten", "resample sheared grids, such as a tilted CT gantry, instead of refusing them")
    .option("--volume <index>", "which volume of a 4-D file, counted from 0", wholeNumber)
    .option("--assume-orientation <code>", "where the axes [D, H, W] of a file without orientation point, such as SAR")
    .addOption(new Option("--nan-to <value>", "put the smallest value where voxels are no numbers").choices(["min"]))
    .option("--limit <name=value...>", `raise or lower a limit: ${Object.keys(defaultLimits).join(", ")}`, addLimit);
}

/** How the flags of {@link limitsOption} say that input is read. */
export function readOptionsOf(command: Command, { signal }: CommandContext): ReadOptions & { signal: AbortSignal } {
  const { allowGap, allowMixed, straighten, volume, assumeOrientation, nanTo, limit } = command.opts<LimitFlags>();
  return {
    limits: { ...defaultLimits, ...limit },
    signal,
    ...(allowGap === undefined ? {} : { allowGap }),
    ...(allowMixed === undefined ? {} : { allowMixed }),
    ...(straighten === undefined ? {} : { straighten }),
    ...(volume === undefined ? {} : { volumeIndex: volume }),
    ...(assumeOrientation === undefined ? {} : { assumeOrientation }),
    ...(nanTo === undefined ? {} : { nanTo }),
  };
}

/** A whole number from the command line. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number such as 0");
  return Number(text);
}

/** A fraction from 0 up to, but not including, 1. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 1)) throw new InvalidArgumentError("expected 0 <= value < 1");
  return value;
}

/** Names separated by commas. */
export function words(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim());
}

function addLimit(text: string, sofar: Partial<Limits> = {}): Partial<Limits> {
  const [name, value] = text.split("=");
  if (!(name in defaultLimits) || !/^\d{1,15}$/.test(value ?? ""))
    throw new InvalidArgumentError(
      `expected <name>=<whole number> with one of ${Object.keys(defaultLimits).join(", ")}`,
    );
  return { ...sofar, [name]: Number(value) };
}
