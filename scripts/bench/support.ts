import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";

/** Timings of one thing. */
export interface Timing {
  readonly medianMs: number;
  /** Slowest less fastest. */
  readonly spreadMs: number;
  readonly runs: number;
}

/** One case of a benchmark, as it is printed. */
export interface BenchLine {
  readonly bench: string;
  readonly case: string;
  readonly ours: Timing;
  /** The peers that were there, by name and version. */
  readonly peers: Readonly<Record<string, Timing>>;
  /** Millions of voxels (or another unit of work) a second, where it says something. */
  readonly megaPerSecond?: number;
  /** Largest memory of the process, where that is what matters. */
  readonly peakMiB?: number;
  /** Ratio to every peer that this case may not fall below; `run.ts` fails where it does. */
  readonly floor?: number;
}

/** Times an action: warm-ups, then runs; the median of the runs. */
export async function timed(
  action: () => unknown,
  { warmUps = 1, runs = 5 }: { readonly warmUps?: number; readonly runs?: number } = {},
): Promise<Timing> {
  const times: number[] = [];
  for (let n = -warmUps; n < runs; n++) {
    const start = performance.now();
    await action();
    if (n >= 0) times.push(performance.now() - start);
  }
  return timingOf(times);
}

/** Median and spread of measured times. */
export function timingOf(timesMs: readonly number[]): Timing {
  const sorted = [...timesMs].sort((first, second) => first - second);
  const middle = (sorted.length - 1) / 2;
  return {
    medianMs: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    spreadMs: sorted[sorted.length - 1] - sorted[0],
    runs: sorted.length,
  };
}

/** Prints a case as one JSON line; `ratios` is each peer's time over ours, above 1 where rarevox is faster. */
export function printLine(line: BenchLine): void {
  const ratios = Object.entries(line.peers).map(([peer, { medianMs }]) => [peer, round(medianMs / line.ours.medianMs)]);
  const rounded = (_key: string, value: unknown) => (typeof value === "number" ? round(value) : value);
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ ...line, ratios: Object.fromEntries(ratios), ...machine }, rounded));
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** The Python that has the peers: `RAREVOX_PEER_PYTHON`, else Debian's. */
export const peerPython = process.env.RAREVOX_PEER_PYTHON ?? "/usr/bin/python3";

/**
 * Runs a program of `scripts/bench/peers/`, which prints one `{"case", "peer", "timesMs"}` per line.
 *
 * Empty:  a peer that is not installed leaves a note on the error stream and no lines
 */
export async function peerTimings(
  program: string,
  args: readonly string[] = [],
): Promise<(benchCase: string) => Readonly<Record<string, Timing>>> {
  const found: { readonly case: string; readonly peer: string; readonly timesMs: readonly number[] }[] = [];
  const path = new URL(`../../../scripts/bench/peers/${program}`, import.meta.url).pathname;
  if (!existsSync(peerPython)) console.error(`no peers: ${peerPython} is not there; set RAREVOX_PEER_PYTHON`);
  else for await (const line of linesOf(peerPython, [path, ...args])) found.push(JSON.parse(line));
  return (benchCase) =>
    Object.fromEntries(found.filter((one) => one.case === benchCase).map((one) => [one.peer, timingOf(one.timesMs)]));
}

/** Lines of a program's output; what it says on its error stream is passed through. */
async function* linesOf(program: string, args: readonly string[]): AsyncGenerator<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  yield* createInterface({ input: child.stdout });
  const status = await ended;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with status ${status}`);
}
