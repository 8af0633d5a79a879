import { SingleBar } from "cli-progress";
import colors from "picocolors";

/** How much a command says. */
export type Verbosity = "quiet" | "normal" | "verbose";

/** Where a command speaks to a person: everything on stderr, so that stdout stays free for results. */
export interface Terminal {
  readonly info: (text: string) => void;
  readonly detail: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Shows how far something is, until it is ended. */
  readonly progress: (label: string) => Progress;
}

/** How far something is. */
export interface Progress {
  /** The step under way, how much of it is done, 0..1, and what there is to say of it. */
  readonly update: (step: string, fraction: number, note?: string) => void;
  readonly end: () => void;
}

/** Seconds between two progress lines where there is no terminal to draw a bar on. */
const PLAIN_PROGRESS_INTERVAL_S = 10;

/** A terminal that draws bars on a TTY and prints plain lines elsewhere. */
export function openTerminal(verbosity: Verbosity): Terminal {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  return {
    info: (text) => verbosity !== "quiet" && say(printable(text)),
    detail: (text) => verbosity === "verbose" && say(colors.dim(printable(text))),
    warn: (text) => say(`${colors.yellow("warning:")} ${printable(text)}`),
    progress: (label) => {
      if (verbosity === "quiet") return { update: () => {}, end: () => {} };
      return process.stderr.isTTY ? barFor(label) : linesFor(label, say);
    },
  };
}

/** Prints an error a user can act on; a stack only for faults of our own or when asked. */
export function printError(error: unknown, { verbosity }: { readonly verbosity: Verbosity }): void {
  const known = error instanceof Error && "problem" in error;
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${colors.red("error:")} ${printable(text)}\n`);
  if (error instanceof Error && (!known || verbosity === "verbose") && error.stack !== undefined)
    process.stderr.write(`${colors.dim(error.stack)}\n`);
}

/** Text with every control character made visible, so that nothing from a file can steer the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Steps of a bar: fine enough that the time left is known early in a run of hours. */
const RESOLUTION = 10_000;

/** One bar; it starts anew with each step, whose speed says nothing of the next one's. */
function barFor(label: string): Progress {
  const bar = new SingleBar({
    format: `${printable(label)} {step} {bar} {percentage}%{note} | {eta_formatted} left`,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    etaBuffer: 20,
    // Before the first step is done the library has no number to give.
    formatTime: (seconds) => (Number.isFinite(seconds) ? `${seconds} s` : "some time"),
  });
  let current: string | undefined;
  return {
    update: (step, fraction, note) => {
      if (step !== current) bar.start(RESOLUTION, 0, { step: printable(step), note: "" });
      current = step;
      bar.update(Math.round(RESOLUTION * fraction), { note: note === undefined ? "" : ` | ${printable(note)}` });
    },
    end: () => bar.stop(),
  };
}

function linesFor(label: string, say: (text: string) => void): Progress {
  let step: string | undefined;
  let start = 0;
  let last = 0;
  return {
    update: (nextStep, fraction, note) => {
      const now = performance.now();
      if (nextStep !== step) [step, start, last] = [nextStep, now, now];
      if (fraction === 0 || fraction >= 1 || now - last < 1000 * PLAIN_PROGRESS_INTERVAL_S) return;
      last = now;
      const secondsLeft = Math.round((((now - start) / 1000) * (1 - fraction)) / fraction);
      const said = note === undefined ? "" : `${note}, `;
      say(printable(`${label} ${step}: ${said}${Math.round(100 * fraction)} %, about ${secondsLeft} s left`));
    },
    end: () => {},
  };
}
