import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { ConfigError, FormatError } from "../volume/errors.ts";
import { systemCodeOf } from "./environment.ts";
import { notRegularError } from "./regular-file.ts";
import type { Refusal, SkippedFile } from "./scan-format.ts";

/** Ordinary files below some inputs, and what else was there. */
export interface FoundFiles {
  /** Absolute, sorted within each folder. */
  readonly files: readonly string[];
  readonly refusals: readonly Refusal[];
  readonly skipped: readonly SkippedFile[];
}

/** What operating systems and archivers leave in folders. */
const litter = new Set(["thumbs.db", "desktop.ini", "__macosx"]);

/**
 * Every ordinary file that the inputs are or contain, links followed, each folder looked into once.
 *
 * Errors: ConfigError C_INPUT for an input that does not exist; FormatError S_TOO_MANY beyond `limit` files, before one
 *         is opened
 */
export async function walkFiles(
  inputs: readonly string[],
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal | undefined },
): Promise<FoundFiles> {
  const files = new Set<string>();
  const refusals: Refusal[] = [];
  const skipped: SkippedFile[] = [];
  const seenFolders = new Set<string>();
  const pending = inputs.map((input) => ({ path: resolve(input), isInput: true })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal?.throwIfAborted();
    const { path, isInput } = next;
    const found = await kindOf(path, isInput);
    if (found instanceof FormatError) refusals.push({ path, problem: found.problem });
    else if (found.isFile()) files.add(path);
    else if (!seenFolders.has(identityOf(found, path))) {
      seenFolders.add(identityOf(found, path));
      for (const name of (await namesIn(path, refusals)).sort().reverse()) {
        if (isLitter(name)) skipped.push({ path: join(path, name), reason: "hidden or system file" });
        else pending.push({ path: join(path, name), isInput: false });
      }
    }
    if (files.size > limit) throw tooManyError(inputs[0], limit);
  }
  return { files: [...files], refusals, skipped };
}

async function kindOf(path: string, isInput: boolean): Promise<Stats | FormatError> {
  try {
    const found = await stat(path);
    return found.isFile() || found.isDirectory() ? found : notRegularError(path, "a pipe, device or socket");
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT" && isInput) throw missingInputError(path);
    if (code === "ENOENT") return notRegularError(path, "a link that leads nowhere");
    if (code === "ELOOP") return notRegularError(path, "a link loop");
    if (code === "EACCES" || code === "EPERM") return accessError(path, code);
    throw error;
  }
}

async function namesIn(folder: string, refusals: Refusal[]): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    refusals.push({ path: folder, problem: accessError(folder, code).problem });
    return [];
  }
}

/** The same folder reached by two links; file systems without inode numbers have its path instead. */
function identityOf({ dev, ino }: Stats, path: string): string {
  return ino === 0 ? path : `${dev}:${ino}`;
}

function isLitter(name: string): boolean {
  return basename(name).startsWith(".") || litter.has(name.toLowerCase());
}

function missingInputError(path: string): ConfigError {
  return new ConfigError({
    code: "C_INPUT",
    where: path,
    expected: "a file or folder",
    got: "nothing of that name",
    next: "Check the spelling",
  });
}

function accessError(path: string, code: string): FormatError {
  return new FormatError({
    code: "F_ACCESS",
    where: path,
    expected: "a file or folder that this user may read",
    got: `no permission (${code})`,
    next: "Change its permissions",
  });
}

function tooManyError(where: string, limit: number): FormatError {
  return new FormatError({
    code: "S_TOO_MANY",
    where,
    expected: `at most ${limit} files`,
    got: "more",
    next: "Choose a folder further down, or raise the limit files",
  });
}
