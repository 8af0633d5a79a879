import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { errorFromRecord, ModelError } from "../volume/errors.ts";
import { pieceInbox, sendArrays } from "./array-pieces.ts";
import type { FromChild, Requests, ToChild } from "./inference-protocol.ts";
import type { OnProgress } from "./network.ts";
import { memoryProblem, printable } from "./runtime-faults.ts";

/** A child process that runs networks, one request at a time. */
export interface InferenceProcess {
  /** Of the operating system. */
  readonly pid: number | undefined;
  alive(): boolean;
  /**
   * Sends a request with the arrays it needs and waits for the answer.
   *
   * Errors: what the child reports; ModelError M_TIMEOUT, M_MEMORY or M_CRASH when it had to be ended or died
   */
  ask<K extends keyof Requests>(name: K, ask: Requests[K]["ask"], options: AskOptions): Promise<Answer<K>>;
  /** Ends the process at once, whatever it does. */
  end(): Promise<void>;
}

/** What a request is about, what it carries, and how long it may be silent. */
export interface AskOptions {
  /** File or device, for messages. */
  readonly where: string;
  readonly arrays?: readonly ArrayBufferView[];
  /** Longest time without any sign of progress. */
  readonly silenceMs: number;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Longest that a run goes on once nobody wants its result; opening the networks again costs less than a large patch. */
const ABORT_GRACE_MS = 1000;

/** What came back. */
export interface Answer<K extends keyof Requests> {
  readonly answer: Requests[K]["answer"];
  readonly arrays: readonly Uint8Array<ArrayBuffer>[];
}

/** How a process ended. */
interface Death {
  readonly signal: string | null;
  readonly code: number | null;
  readonly lastWords: string;
}

/**
 * Forks an inference process; it does not keep the program alive while it is idle.
 *
 * A process and not a thread: ending a thread inside `session.run` aborts the whole program (measured), a graph that
 * never returns can be stopped in no other way, and a provider that crashes takes nothing with it.
 */
export function startInferenceProcess(): InferenceProcess {
  const child = fork(fileURLToPath(new URL("./inference-child.js", import.meta.url)), {
    serialization: "advanced",
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const death = deathOf(child);
  let lastId = 0;
  let ended = false;

  const ask: InferenceProcess["ask"] = async (name, asked, { where, arrays = [], silenceMs, onProgress, signal }) => {
    const id = ++lastId;
    const watch = watchdog(silenceMs, () => child.kill("SIGKILL"));
    const answer = answerOf(child, { id, onProgress, onSign: watch.restart });
    const died = death.then((how) => {
      if (ended) throw new DOMException("The engine was closed", "AbortError");
      throw watch.fired() ? silenceError(where, silenceMs) : deathError(where, how);
    });
    const cancel = () => {
      void send(child, { kind: "cancel", id });
      watch.limit(ABORT_GRACE_MS);
    };
    signal?.addEventListener("abort", cancel);
    keepAlive(child, true);
    try {
      void sendArrays((piece) => send(child, piece), { id, arrays }).then(() =>
        send(child, { kind: "request", id, name, ask: asked }),
      );
      return (await Promise.race([answer.arrived, died])) as Answer<typeof name>;
    } finally {
      watch.stop();
      answer.forget();
      keepAlive(child, false);
      signal?.removeEventListener("abort", cancel);
    }
  };
  const end = async () => {
    ended = true;
    keepAlive(child, true);
    child.kill("SIGKILL");
    await death;
  };
  keepAlive(child, false);
  return { pid: child.pid, alive: () => child.exitCode === null && child.signalCode === null, ask, end };
}

/** Listens for the answer to one request. */
function answerOf(
  child: ChildProcess,
  { id, onProgress, onSign }: { id: number; onProgress: OnProgress | undefined; onSign: () => void },
): { readonly arrived: Promise<Answer<keyof Requests>>; readonly forget: () => void } {
  const inbox = pieceInbox();
  let listener: (message: FromChild) => void = () => undefined;
  const arrived = new Promise<Answer<keyof Requests>>((resolve, reject) => {
    listener = (message) => {
      if (message.id !== id) return;
      onSign();
      if (message.kind === "piece") inbox.add(message);
      else if (message.kind === "progress") onProgress?.(message.done, message.total);
      else if (message.kind === "fault") reject(errorFromRecord(message));
      else resolve({ answer: message.answer as Requests[keyof Requests]["answer"], arrays: inbox.take(id) });
    };
  });
  child.on("message", listener);
  return { arrived, forget: () => void child.off("message", listener) };
}

/** Resolves when the message has left, and also when nobody is there to take it: the death is reported elsewhere. */
function send(child: ChildProcess, message: ToChild): Promise<void> {
  return new Promise((resolve) => {
    if (child.connected) child.send(message, () => resolve());
    else resolve();
  });
}

/** Bites after a silence; once a limit is set, nothing puts that off. */
function watchdog(silenceMs: number, bite: () => void) {
  let bitten = false;
  let last: NodeJS.Timeout | undefined;
  const biteOnce = () => {
    bitten = true;
    bite();
  };
  const timer = setTimeout(biteOnce, silenceMs);
  return {
    restart: () => void timer.refresh(),
    limit: (milliseconds: number) => {
      last ??= setTimeout(biteOnce, milliseconds);
    },
    stop: () => [timer, last].forEach(clearTimeout),
    fired: () => bitten,
  };
}

/** Longest end of the child's error output that is kept for a message. */
const LAST_WORDS_CHARS = 2000;

function deathOf(child: ChildProcess): Promise<Death> {
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_CHARS);
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve({ signal: null, code: null, lastWords }));
    child.once("exit", (code, signal) => resolve({ signal, code, lastWords }));
  });
}

/** Whether the child and its pipes count as work that the program waits for. */
function keepAlive(child: ChildProcess, busy: boolean): void {
  const parts = [child, child.channel, child.stderr as Socket | null];
  for (const part of parts) busy ? part?.ref() : part?.unref();
}

function silenceError(where: string, silenceMs: number): ModelError {
  return new ModelError({
    code: "M_TIMEOUT",
    where,
    expected: `a patch within ${silenceMs / 1000} s`,
    got: "no sign of progress",
    next: "The graph may never end; use another bundle, or a smaller patch on a slow machine",
  });
}

/** SIGKILL that we did not send is how Linux ends a process when memory runs out. */
function deathError(where: string, { signal, code, lastWords }: Death): ModelError {
  if (signal === "SIGKILL") return new ModelError(memoryProblem(where));
  return new ModelError({
    code: "M_CRASH",
    where,
    expected: "a network that runs to its end",
    got: `an inference process ended by ${signal ?? `code ${code}`} ("${printable(lastWords.trim())}")`,
    next: "Try --device cpu, or use another bundle",
  });
}
