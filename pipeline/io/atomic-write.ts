import { createHash, type Hash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EnvironmentError } from "../volume/errors.ts";
import { environmentErrorOf } from "./environment.ts";
import { isAlive } from "./is-alive.ts";

/** One file that was written, as a manifest lists it. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256 of the whole file. */
  readonly sha256: string;
}

/** Appends bytes to the file under construction. */
export type Append = (bytes: Uint8Array) => Promise<void>;

/** How a file or folder becomes visible. */
export interface AtomicOptions {
  /** Stops between two writes; nothing of the output is left. */
  readonly signal?: AbortSignal;
  /** Looks at the finished file or folder before it gets its name; throws to refuse it. */
  readonly check?: (unpublishedPath: string) => Promise<void>;
}

/** `.rarevox-<process id>-<12 hex digits>.part`: hidden, and tells whether its maker still lives. */
const TEMPORARY_NAME = /^\.rarevox-(\d+)-[0-9a-f]{12}\.part$/;

/** Bytes read back at a time. */
const REREAD_BYTES = 2 ** 20;

/** Work under construction, removed should the process exit before it is published. */
const unpublished = new Set<string>();

/**
 * Writes a file whole or not at all: beside its place, flushed, read back, checked, renamed, the folder flushed.
 *
 * Errors: EnvironmentError when disk or permissions are at fault; whatever `fill` or `check` throw; then no file is left
 */
export async function writeFileWhole(
  path: string,
  fill: (append: Append) => Promise<void>,
  { signal, check }: AtomicOptions = {},
): Promise<WrittenFile> {
  const target = resolve(path);
  return withTemporary(target, async (temporary) => {
    const written = await writeFlushed(temporary, fill, signal);
    await assertReadsBack(temporary, { ...written, path: target });
    await check?.(temporary);
    signal?.throwIfAborted();
    await rename(temporary, target);
    await flushFolder(dirname(target));
    return { ...written, path: target };
  });
}

/**
 * Makes a folder appear with all its files or not at all: `fill` works in a hidden neighbour that is renamed at the end.
 *
 * Empty:  an existing empty folder is replaced
 * Errors: EnvironmentError when the folder exists with files in it, or disk or permissions are at fault
 */
export async function writeFolderWhole(
  path: string,
  fill: (unpublishedFolder: string) => Promise<void>,
  { signal, check }: AtomicOptions = {},
): Promise<void> {
  const target = resolve(path);
  await withTemporary(target, async (temporary) => {
    await mkdir(temporary, { mode: 0o777 });
    await fill(temporary);
    await check?.(temporary);
    signal?.throwIfAborted();
    await flushFolder(temporary);
    await removeEmptyFolder(target);
    await rename(temporary, target);
    await flushFolder(dirname(target));
  });
}

/** Removes what processes that died in the middle left in a folder; work of living ones stays. */
export async function sweepTemporary(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = TEMPORARY_NAME.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Flushes the names in a folder, so that a rename survives a power cut. */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // Windows cannot open folders; NTFS journals its names
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function withTemporary<T>(target: string, work: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = join(dirname(target), `.rarevox-${process.pid}-${randomBytes(6).toString("hex")}.part`);
  sweepAtExit();
  unpublished.add(temporary);
  try {
    return await work(temporary);
  } catch (error) {
    throw environmentErrorOf(error, { where: target, expected: "a place that can be written" });
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    unpublished.delete(temporary);
  }
}

async function writeFlushed(
  temporary: string,
  fill: (append: Append) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<WrittenFile> {
  const handle = await open(temporary, "wx", 0o666);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await fill(async (chunk) => {
      signal?.throwIfAborted();
      hash.update(chunk);
      await appendAll(handle, chunk);
      bytes += chunk.length;
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { path: temporary, bytes, sha256: hash.digest("hex") };
}

async function appendAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
}

/** A disk that lost or changed bytes says so now, not to whoever opens the file next year. */
async function assertReadsBack(temporary: string, { path, bytes, sha256 }: WrittenFile): Promise<void> {
  const handle = await open(temporary, "r");
  try {
    const found = await hashOf(handle, createHash("sha256"));
    if (found.bytes === bytes && found.sha256 === sha256) return;
  } finally {
    await handle.close();
  }
  throw new EnvironmentError({
    code: "E_READBACK",
    where: path,
    expected: `the ${bytes} bytes that were written`,
    got: "other bytes when read back",
    next: "Check the disk and the memory of this machine",
  });
}

async function hashOf(handle: FileHandle, hash: Hash): Promise<{ bytes: number; sha256: string }> {
  const buffer = new Uint8Array(REREAD_BYTES);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** `rename` replaces an empty folder on POSIX systems but not on Windows; a full one stays and makes `rename` fail. */
async function removeEmptyFolder(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

let sweepsAtExit = false;

function sweepAtExit(): void {
  if (sweepsAtExit) return;
  sweepsAtExit = true;
  process.once("exit", () => {
    for (const path of unpublished) rmSync(path, { recursive: true, force: true });
  });
}
