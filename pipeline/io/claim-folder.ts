import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "./is-alive.ts";

/** The right to work in a folder, which no other process has meanwhile. */
export interface FolderClaim {
  release(): Promise<void>;
}

/** Who holds a folder. */
interface Holder {
  readonly host: string;
  readonly processId: number;
  /** Tells the process from a later one of the same number; absent where the system does not say. */
  readonly startedAt?: string | undefined;
}

/** `lock.<n>`: each is taken over from a holder that died, by making the next. */
const LOCK = /^lock\.(\d{1,9})$/;

/** How often a living holder shows that it is, and after what silence one on another machine is taken for dead. */
const SIGN_EVERY_MS = 60_000;
const SILENCE_MS = 15 * 60_000;

/**
 * Claims a folder for this process; undefined while another one that lives holds it.
 *
 * Locks are numbered and a new one is only ever linked into place, so that of several processes that see the same dead
 * holder exactly one follows it. The locks of the dead stay: a process that looked at one long ago must not find its successor's
 * number free.
 *
 * Errors: what is wrong with the disk
 */
export async function claimFolder(folder: string): Promise<FolderClaim | undefined> {
  await mkdir(folder, { recursive: true });
  for (;;) {
    const last = await lastLock(folder);
    if (last !== undefined && (await isHeld(lockAt(folder, last)))) return undefined;
    const path = lockAt(folder, (last ?? -1) + 1);
    if (await made(path)) return claimOf(path);
  }
}

/** Between two looks at a folder that another process holds. */
const PATIENCE_MS = 200;

/** Claims a folder as soon as no other process holds it. Errors: as `claimFolder`; the signal's reason */
export async function waitForFolder(folder: string, signal?: AbortSignal): Promise<FolderClaim> {
  for (;;) {
    signal?.throwIfAborted();
    const claim = await claimFolder(folder);
    if (claim !== undefined) return claim;
    await pause(PATIENCE_MS);
  }
}

function lockAt(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

async function lastLock(folder: string): Promise<number | undefined> {
  const numbers = (await readdir(folder)).flatMap((name) => LOCK.exec(name)?.[1] ?? []).map(Number);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** Whether this process made the lock, with what it says in it from the first moment on. */
async function made(path: string): Promise<boolean> {
  const draft = `${path}.${process.pid}-${randomBytes(6).toString("hex")}`;
  const holder: Holder = { host: hostname(), processId: process.pid, startedAt: startOf(process.pid) };
  await writeFile(draft, JSON.stringify(holder), { flag: "wx" });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

function claimOf(path: string): FolderClaim {
  const sign = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, SIGN_EVERY_MS);
  sign.unref();
  return {
    release: async () => {
      clearInterval(sign);
      await rm(path, { force: true });
    },
  };
}

async function isHeld(path: string): Promise<boolean> {
  try {
    const { host, processId, startedAt } = JSON.parse(await readFile(path, "utf8")) as Holder;
    if (host === hostname()) return isAlive(processId) && startOf(processId) === startedAt;
    return Date.now() - (await stat(path)).mtimeMs < SILENCE_MS;
  } catch (error) {
    // Released between the look at the folder and the look at the lock.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** When a process began, in the system's own ticks. Source: proc(5), field 22 of /proc/[pid]/stat */
function startOf(processId: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
