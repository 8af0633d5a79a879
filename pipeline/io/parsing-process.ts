import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { errorFromRecord, FormatError } from "../volume/errors.ts";
import type { Limits } from "../volume/limits.ts";
import type { Scan } from "../volume/scan.ts";
import { type ParsingReply, type ParsingTask, VOXEL_PIPE } from "./parsing-protocol.ts";
import { watchMemory } from "./process-memory.ts";
import { receiveScan } from "./received-scan.ts";
import type { Listing } from "./scan-format.ts";

/** What a task may cost, and who may stop it. */
export interface TaskOptions {
  readonly limits: Limits;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One child process, one task at a time. */
export interface ParsingProcess {
  readonly run: (task: ParsingTask, options: TaskOptions) => Promise<Listing | Scan>;
  readonly isAlive: () => boolean;
  readonly end: () => void;
}

/** JavaScript objects of a child, in MiB: voxels live outside the heap, so headers and tags have it for themselves. */
const HEAP_MIB = 1024;

/**
 * Forks a child with an empty environment, without standard streams, that may read files but, where Node's permission
 * model exists, neither write them nor start programs.
 */
export function startParsingProcess(): ParsingProcess {
  const child = fork(fileURLToPath(new URL("./parsing-child.js", import.meta.url)), {
    serialization: "advanced",
    env: {},
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, "--expose-gc", ...permissionFlags()],
    stdio: ["ignore", "ignore", "ignore", "ipc", "pipe"],
  });
  const voxelPipe = child.stdio[VOXEL_PIPE] as Socket;
  const end = () => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
  child.on("error", end); // also a failed send: `exit` tells the task
  voxelPipe.on("error", end);
  keepProgramAlive({ child, voxelPipe }, false);
  const isAlive = () => child.exitCode === null && child.signalCode === null && !child.killed && child.connected;

  async function run(task: ParsingTask, options: TaskOptions): Promise<Listing | Scan> {
    keepProgramAlive({ child, voxelPipe }, true);
    const fate = watchFate(child, { ...options, where: whereOf(task) });
    let healthy = false;
    try {
      const reply = await Promise.race([fate.failed, replyOf(child, task)]);
      const received =
        reply.kind === "scan"
          ? await Promise.race([fate.failed, receiveScan(reply.scan, { voxelPipe, limits: options.limits })])
          : reply;
      healthy = true;
      return resultOf(received);
    } finally {
      fate.forget();
      if (!healthy) end(); // nobody should meet it again
      keepProgramAlive({ child, voxelPipe }, false);
    }
  }
  return { run, isAlive, end };
}

/**
 * The flags that let a child read files and load native codecs, and nothing else.
 *
 * Node 20 spells it `--experimental-permission`.
 */
function permissionFlags(): readonly string[] {
  const flag = ["--permission", "--experimental-permission"].find((each) =>
    process.allowedNodeEnvironmentFlags.has(each),
  );
  return flag === undefined ? [] : [flag, "--allow-fs-read=*", "--allow-addons"];
}

/** Idle children do not keep the program from ending; a busy one does. */
function keepProgramAlive({ child, voxelPipe }: { child: ChildProcess; voxelPipe: Socket }, alive: boolean): void {
  for (const handle of [child, child.channel, voxelPipe]) {
    if (alive) handle?.ref?.();
    else handle?.unref?.();
  }
}

function replyOf(child: ChildProcess, task: ParsingTask): Promise<ParsingReply> {
  return new Promise((resolve) => {
    child.once("message", (reply) => resolve(reply as ParsingReply));
    child.send(task);
  });
}

function resultOf(received: ParsingReply | Scan): Listing | Scan {
  if (!("kind" in received)) return received;
  if (received.kind === "listing") return received.listing;
  throw received.kind === "error" ? errorFromRecord(received) : new Error("a scan without its voxels");
}

interface Fate {
  /** Rejects when the child has to be ended or has died. */
  readonly failed: Promise<never>;
  readonly forget: () => void;
}

/** Ends the child when it takes too long, too much memory, or when nobody wants its answer any more. */
function watchFate(
  child: ChildProcess,
  { limits, timeoutMs, signal, where }: TaskOptions & { readonly where: string },
): Fate {
  const { promise: failed, reject } = withReject();
  failed.catch(() => {}); // when nobody waits any more, nobody needs to know
  const onTimeout = () => reject(timeoutError(where, timeoutMs));
  const onExit = (_code: number | null, signalName: string | null) => reject(crashError(where, signalName));
  const onAbort = () => reject(signal?.reason);
  const timer = setTimeout(onTimeout, timeoutMs);
  const forgetMemory = watchMemory(child.pid, limits.childBytes, () => reject(memoryError(where, limits)));
  child.once("exit", onExit);
  signal?.addEventListener("abort", onAbort, { once: true });
  const forget = () => {
    clearTimeout(timer);
    forgetMemory();
    child.off("exit", onExit);
    signal?.removeEventListener("abort", onAbort);
  };
  return { failed, forget };
}

function withReject(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}

function whereOf(task: ParsingTask): string {
  const files = task.kind === "list" ? task.files : task.found.files;
  return files.length > 1 ? `${files[0]} and ${files.length - 1} more` : (files[0] ?? task.kind);
}

function timeoutError(where: string, timeoutMs: number): FormatError {
  return new FormatError({
    code: "F_TIMEOUT",
    where,
    expected: `a file that is read within ${Math.round(timeoutMs / 1000)} s`,
    got: "a reader still busy, which was ended",
    next: "The file is probably damaged; for a slow disk raise the limit parseMs",
  });
}

function crashError(where: string, signalName: string | null): FormatError {
  return new FormatError({
    code: signalName === "SIGKILL" ? "F_MEMORY" : "F_CHILD_CRASH",
    where,
    expected: "a file that its reader survives",
    got: `a reader ended by ${signalName ?? "itself"}`,
    next:
      signalName === "SIGKILL"
        ? "The system probably ran out of memory: close other programs"
        : "The file is damaged or hostile; if other programs open it, please report it",
  });
}

function memoryError(where: string, { childBytes }: Limits): FormatError {
  return new FormatError({
    code: "F_MEMORY",
    where,
    expected: `a file that is read within ${Math.round(childBytes / 2 ** 20)} MiB of memory`,
    got: "a reader that took more, which was ended",
    next: "The file is probably damaged; for a very large scan raise the limit childBytes",
  });
}
