import { dirname, resolve } from "node:path";
import { FormatError, type Problem } from "../volume/errors.ts";
import { defaultLimits } from "../volume/limits.ts";
import { fileHeadOf, unknownContent } from "./file-head.ts";
import { formatOf } from "./formats.ts";
import { type ParsingPool, sharedParsingPool } from "./parsing-pool.ts";
import { rasterFormat } from "./raster/raster-format.ts";
import type { FoundScan, Listing, ReadOptions, Refusal } from "./scan-format.ts";
import { timeoutMsFor } from "./time-limit.ts";
import { walkFiles } from "./walk-files.ts";

/** How to look for scans. */
export type FindOptions = Partial<ReadOptions> & {
  readonly signal?: AbortSignal | undefined;
  /** Where files are parsed; by default a pool that the whole program shares. */
  readonly pool?: ParsingPool;
};

/** Files whose first bytes are read at the same time. */
const HEADS_AT_ONCE = 16;

/** Codes of a child's death: one bad file must not take its neighbours' listing with it. */
const deadly = new Set(["F_TIMEOUT", "F_MEMORY", "F_CHILD_CRASH", "F_CHILD_REPLY"]);

/**
 * Lists the scans in files, folders and folder trees, by content; nothing is decoded.
 *
 * Empty:  no scans, no refusals for empty folders
 * Errors: ConfigError C_INPUT for an input that does not exist; FormatError S_TOO_MANY; the signal's reason when aborted.
 *         What is wrong with single files is in the listing.
 */
export async function findScans(inputs: readonly string[], options: FindOptions = {}): Promise<Listing> {
  const { signal, pool = sharedParsingPool(), limits = defaultLimits, ...choices } = options;
  const { files, refusals, skipped } = await walkFiles(inputs, { limit: limits.files, signal });
  const sorted = await sortByFormat(files, { limits, signal });
  const task = { pool, signal, readOptions: { limits, ...choices } };
  const listings = [...sorted.byFormat].map(([format, members]) => listSafely(format, members, task));
  const found = await Promise.all(listings);
  const all = merged([{ scans: [], refusals: [...refusals, ...sorted.refusals], skipped }, ...found]);
  return withoutThumbnails(withoutClaimed(all), inputs);
}

/** A picture in a folder of volumes is an illustration of them, unless it was asked for by name. */
function withoutThumbnails({ scans, refusals, skipped }: Listing, inputs: readonly string[]): Listing {
  const named = new Set(inputs.map((input) => resolve(input)));
  const isThumbnail = ({ format, files }: FoundScan) => format === rasterFormat.name && !named.has(files[0]);
  if (scans.every(isThumbnail)) return { scans, refusals, skipped };
  const thumbnails = scans.filter(isThumbnail);
  return {
    scans: scans.filter((scan) => !isThumbnail(scan)),
    refusals,
    skipped: [...skipped, ...thumbnails.map(({ files }) => ({ path: files[0], reason: "picture beside scans" }))],
  };
}

/** Voxels in a file of their own say nothing alone; the header beside them tells what they are. */
function withoutClaimed({ scans, refusals, skipped }: Listing): Listing {
  const claimed = new Set(scans.flatMap(({ files }) => files));
  return { scans, refusals: refusals.filter(({ path }) => !claimed.has(path)), skipped };
}

interface SortedFiles {
  readonly byFormat: ReadonlyMap<string, readonly string[]>;
  readonly refusals: readonly Refusal[];
}

async function sortByFormat(
  files: readonly string[],
  { limits, signal }: Required<Pick<FindOptions, "limits">> & Pick<FindOptions, "signal">,
): Promise<SortedFiles> {
  const byFormat = new Map<string, string[]>();
  const refusals: Refusal[] = [];
  for (let start = 0; start < files.length; start += HEADS_AT_ONCE) {
    signal?.throwIfAborted();
    const some = files.slice(start, start + HEADS_AT_ONCE);
    const found = await Promise.all(some.map((path) => formatNameOf(path, limits)));
    for (const [i, name] of found.entries()) {
      if (typeof name !== "string") refusals.push(name);
      else if (byFormat.has(name)) byFormat.get(name)?.push(some[i]);
      else byFormat.set(name, [some[i]]);
    }
  }
  return { byFormat, refusals };
}

async function formatNameOf(path: string, limits: ReadOptions["limits"]): Promise<string | Refusal> {
  try {
    const head = await fileHeadOf(path, limits);
    const format = formatOf(head, path);
    return format === undefined ? { path, problem: unknownContent(head, path) } : format.name;
  } catch (error) {
    if (error instanceof FormatError) return { path, problem: error.problem };
    throw error;
  }
}

interface ListTask {
  readonly pool: ParsingPool;
  readonly signal: AbortSignal | undefined;
  readonly readOptions: ReadOptions;
}

/** Lists the files of one format. When the child dies, the files that kill it are found by halving and left out. */
async function listSafely(format: string, files: readonly string[], task: ListTask): Promise<Listing> {
  const listing = await listOrDie(format, files, task);
  if (!("problem" in listing)) return listing;
  const refusals = await poisonsAmong(format, files, { task, problem: listing.problem });
  const poisons = new Set(refusals.map(({ path }) => path));
  const healthy = files.filter((file) => !poisons.has(file));
  if (healthy.length === 0) return { scans: [], refusals, skipped: [] };
  const rest = await listOrDie(format, healthy, task);
  if ("problem" in rest) return { scans: [], refusals: [...refusals, ...refused(healthy, rest.problem)], skipped: [] };
  return merged([rest, { scans: [], refusals, skipped: [] }]);
}

/** The files that end a child even on their own, given that all of them together do. */
async function poisonsAmong(
  format: string,
  files: readonly string[],
  { task, problem }: { readonly task: ListTask; readonly problem: Problem },
): Promise<readonly Refusal[]> {
  if (files.length === 1) return refused(files, problem);
  const middle = files.length >> 1;
  const poisons: Refusal[] = [];
  for (const half of [files.slice(0, middle), files.slice(middle)]) {
    const listing = await listOrDie(format, half, task);
    if ("problem" in listing) poisons.push(...(await poisonsAmong(format, half, { task, problem: listing.problem })));
  }
  return poisons;
}

async function listOrDie(
  format: string,
  files: readonly string[],
  { pool, signal, readOptions }: ListTask,
): Promise<Listing | { readonly problem: Problem }> {
  const timeoutMs = await timeoutMsFor(files, { limits: readOptions.limits, kind: "list" });
  try {
    const task = { kind: "list", format, files, options: readOptions } as const;
    const listing = (await pool.run(task, { limits: readOptions.limits, timeoutMs, signal })) as Listing;
    return onlyAbout(listing, files);
  } catch (error) {
    if (error instanceof FormatError && deadly.has(error.problem.code)) return { problem: error.problem };
    throw error;
  }
}

/** A listing may name no other files than those it was asked about, but for what lies beside them. */
function onlyAbout(listing: Listing, files: readonly string[]): Listing {
  const folders = new Set(files.map((file) => dirname(file)));
  for (const scan of listing.scans)
    for (const file of scan.files)
      if (!folders.has(dirname(file))) throw new Error("a reader named a file outside the folders it was given");
  return listing;
}

function refused(files: readonly string[], problem: Problem): readonly Refusal[] {
  return files.map((path) => ({ path, problem: { ...problem, where: path } }));
}

function merged(listings: readonly Listing[]): Listing {
  return {
    scans: listings.flatMap(({ scans }) => scans),
    refusals: listings.flatMap(({ refusals }) => refusals),
    skipped: listings.flatMap(({ skipped }) => skipped),
  };
}
