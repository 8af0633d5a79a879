import { stat } from "node:fs/promises";
import type { Limits } from "../volume/limits.ts";

/** `parseMs` buys so many bytes: 10 MiB/s, which a network drive and an old machine reach. */
const BYTES_PER_LIMIT = 256 * 2 ** 20;

/** And so many files: a few milliseconds each. */
const FILES_PER_LIMIT = 4000;

/**
 * Wall clock for a task over some files: `parseMs` for the first 256 MiB or 4,000 files, and as much again for every
 * further 256 MiB and every further 4,000.
 */
export async function timeoutMsFor(files: readonly string[], { parseMs }: Limits): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file).catch(() => undefined))?.size ?? 0;
  return parseMs * Math.max(1, bytes / BYTES_PER_LIMIT + files.length / FILES_PER_LIMIT);
}
