import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { ConfigError } from "../volume/errors.ts";
import { sweepTemporary, type WrittenFile, writeFolderWhole } from "./atomic-write.ts";
import { environmentErrorOf, systemCodeOf } from "./environment.ts";

/** How a folder of results takes its place. */
export interface ResultFolderOptions {
  /** What to do with a folder that has files already: refuse (default) or put the new one in its place. */
  readonly existing?: "refuse" | "replace" | undefined;
  /** File that every folder of these results has: one without it is none of ours and is never removed. */
  readonly marker: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a folder of results appear whole or not at all, a former one in its place until then.
 *
 * Errors: ConfigError C_EXISTS, C_FOREIGN; EnvironmentError from the disk; whatever `fill` throws
 */
export async function writeResultFolder(
  folder: string,
  fill: (unpublishedFolder: string) => Promise<void>,
  options: ResultFolderOptions,
): Promise<void> {
  const target = resolve(folder);
  await assertReplaceable(target, options);
  await makeParent(target);
  const replaced = options.existing === "replace" ? await setAside(target) : undefined;
  try {
    await writeFolderWhole(target, fill, options.signal === undefined ? {} : { signal: options.signal });
  } catch (error) {
    if (replaced !== undefined) await rename(replaced, target);
    throw error;
  }
  if (replaced !== undefined) await rm(replaced, { recursive: true });
}

/**
 * Refuses a folder that results may not be put into: to be called before hours of work, too.
 *
 * Errors: ConfigError C_EXISTS for a folder with files, C_FOREIGN for one to be replaced that holds no former results,
 *         C_OUT for a file
 */
export async function assertReplaceable(
  folder: string,
  { existing = "refuse", marker }: ResultFolderOptions,
): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0) return;
  if (existing === "refuse")
    throw new ConfigError({
      code: "C_EXISTS",
      where: folder,
      expected: "no results there yet",
      got: `${names.length} files`,
      next: "Pass --overwrite to put the new result in its place, or choose another folder",
    });
  if (names.includes(marker)) return;
  throw new ConfigError({
    code: "C_FOREIGN",
    where: folder,
    expected: "an empty folder or a former result of rarevox",
    got: `${names.length} other files`,
    next: "Choose another folder; files that rarevox did not write are never removed",
  });
}

/** What a written file holds, as read back from the disk. */
export async function writtenFileAt(path: string): Promise<WrittenFile> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { path: basename(path), bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}

/** Also clears away what a run that was killed left beside it. */
async function makeParent(folder: string): Promise<void> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    await sweepTemporary(dirname(folder));
  } catch (error) {
    throw environmentErrorOf(error, { where: folder, expected: "a place where a folder can be made" });
  }
}

/** Empty for a folder that is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw notFolderError(folder);
    throw error;
  }
}

function notFolderError(where: string): ConfigError {
  return new ConfigError({
    code: "C_OUT",
    where,
    expected: "a folder, or a place where one can be made",
    got: "a file",
    next: "Choose another place",
  });
}

/** Moves a former result out of the way. */
async function setAside(folder: string): Promise<string | undefined> {
  if ((await namesIn(folder)).length === 0) return undefined;
  const aside = join(dirname(folder), `.${basename(folder)}.replaced-${process.pid}`);
  await rename(folder, aside);
  return aside;
}
