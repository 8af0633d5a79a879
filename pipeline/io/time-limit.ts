import { stat } from "node:fs/promises";
import type { Limits } from "../volume/limits.ts";

/** `parseMs` buys so many bytes: 10 MiB/s, which a network drive and an old machine reach. */
const BYTES_PER_LIMIT = 256 * 2 ** 20;

/** And so many files: a few milliseconds each for a header, a tenth of a second for a slice in JPEG 2000. */
const FILES_PER_LIMIT = { list: 4000, read: 250 } as const;

/**
 * Wall clock for listing or reading some files: `parseMs` for the first 256 MiB or the first 4,000 files (250 to read),
 * and as much again for every further ones.
 */
export async function timeoutMsFor(
  files: readonly string[],
  { limits: { parseMs }, kind }: { readonly limits: Limits; readonly kind: "list" | "read" },
): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file).catch(() => undefined))?.size ?? 0;
  return parseMs * Math.max(1, bytes / BYTES_PER_LIMIT + files.length / FILES_PER_LIMIT[kind]);
}
