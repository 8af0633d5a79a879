import { defaultLimits } from "../volume/limits.ts";
import type { InputFile, Scan } from "../volume/scan.ts";
import { chooseScan } from "./choose-scan.ts";
import { type FindOptions, findScans } from "./find-scans.ts";
import { assertUnchanged, fileStateOf, inputFilesOf } from "./input-files.ts";
import { sharedParsingPool } from "./parsing-pool.ts";
import type { FoundScan } from "./scan-format.ts";
import { joinedScan, slabsOf } from "./slabs.ts";
import { straightenedScan } from "./straighten.ts";
import { timeoutMsFor } from "./time-limit.ts";

/**
 * Reads one scan, found before or the only one at a path, in a child process that may be ended at any time.
 *
 * Units:  LPS in mm
 * Errors: ConfigError C_SCANS when a path holds no scan or several; FormatError and GeometryError for what is wrong with
 *         the files, F_CHANGED when they change meanwhile; the signal's reason when aborted
 */
export async function readScan(found: FoundScan | string, options: FindOptions = {}): Promise<Scan> {
  const { pool = sharedParsingPool(), signal, limits = defaultLimits, ...choices } = options;
  const chosen = typeof found === "string" ? chooseScan(await findScans([found], options), { input: found }) : found;
  const before = await fileStateOf(chosen.files);
  const timeoutMs = await timeoutMsFor(chosen.files, { limits, kind: "read" });
  const stop = new AbortController();
  const stopOr = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const readings = slabsOf(chosen, pool.size).map((slab) => {
    const task = { kind: "read", found: slab, options: { limits, ...choices } } as const;
    return pool.run(task, { limits, timeoutMs, signal: stopOr }) as Promise<Scan>;
  });
  const hashing = inputFilesOf(chosen.files, { fileBytes: limits.fileBytes, signal: stopOr });
  const [slabs, inputs] = await bothOrNeither(readings, hashing, stop);
  await assertUnchanged(before);
  const whole = { ...joinedScan(slabs, chosen), inputs };
  if (choices.straighten !== true) return whole;
  return straightenedScan(whole, { where: chosen.files[0], limits, signal }); // here, where threads are allowed
}

/** Waits for all; the failure of one stops the others, and all are over when this returns. */
async function bothOrNeither(
  readings: readonly Promise<Scan>[],
  hashing: Promise<readonly InputFile[]>,
  stop: AbortController,
): Promise<readonly [readonly Scan[], readonly InputFile[]]> {
  try {
    return await Promise.all([Promise.all(readings), hashing]);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled([...readings, hashing]);
    throw error;
  }
}
