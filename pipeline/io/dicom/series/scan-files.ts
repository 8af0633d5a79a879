import { createHash } from "node:crypto";
import { FormatError, type Problem } from "../../../volume/errors.ts";
import type { Warning } from "../../../volume/scan.ts";
import { readInto, withRegularFile } from "../../regular-file.ts";
import type { ReadOptions, Refusal, SkippedFile } from "../../scan-format.ts";
import { type DicomDataSet, readDataSet } from "../data-set.ts";
import { describeImage } from "../describe-image.ts";
import type { DicomImage } from "../image.ts";
import { textOf } from "../values.ts";
import { hasFunctionalGroups, slicesOfEnhanced } from "./enhanced.ts";
import { slicesOfMosaic } from "./mosaic.ts";
import { readAhead } from "./read-ahead.ts";
import { type Slice, sliceOfImage } from "./slice.ts";

/** What a set of DICOM files holds. */
export interface ScannedFiles {
  readonly slices: readonly Slice[];
  readonly refusals: readonly Refusal[];
  readonly skipped: readonly SkippedFile[];
  /** The first refusal of each series that lost a file, by series UID. */
  readonly brokenSeries: ReadonlyMap<string, Problem>;
  /** Copies that were dropped, by series UID. */
  readonly copies: ReadonlyMap<string, readonly Warning[]>;
}

/** Bytes read of a file at first; headers with more are read again, whole. */
const HEAD_BYTES = 2 ** 15;

/** The directory of a disk; it names files, and what it names is not followed. */
const DICOMDIR = "1.2.840.10008.1.3.10";

/**
 * Looks into files: their headers, but no pixel.
 *
 * Errors: none for single files; they are refused or skipped by name
 */
export async function scanFiles(files: readonly string[], options: ReadOptions): Promise<ScannedFiles> {
  const slices: Slice[] = [];
  const refusals: Refusal[] = [];
  const skipped: SkippedFile[] = [];
  const brokenSeries = new Map<string, Problem>();
  const copies = new Map<string, Warning[]>();
  const firstWith = new Map<string, string>();
  for (const { path, reading } of readAhead(files, (path) => readHeader(path, options))) {
    let series: string | undefined;
    try {
      const dataSet = await reading;
      series = seriesOf(dataSet);
      const found = slicesIn(dataSet);
      if (typeof found === "string") skipped.push({ path, reason: found });
      else if (await isCopy(found[0], { firstWith, options }))
        copies.set(series ?? "", [...(copies.get(series ?? "") ?? []), copyWarning(path)]);
      else slices.push(...found);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      refusals.push({ path, problem: error.problem });
      if (series !== undefined && !brokenSeries.has(series)) brokenSeries.set(series, error.problem);
    }
  }
  return { slices, refusals, skipped, brokenSeries, copies };
}

/** The slices of an image, or why there are none. */
export function slicesIn(dataSet: DicomDataSet): readonly Slice[] | string {
  if (dataSet.meta?.sopClassUid === DICOMDIR) return "a DICOMDIR";
  const image = describeImage(dataSet);
  if (image === undefined) return `not an image (${textOf(dataSet, "Modality") ?? "no modality"})`;
  return slicesOfImage(image);
}

function slicesOfImage(image: DicomImage): readonly Slice[] {
  if (hasFunctionalGroups(image.dataSet)) return slicesOfEnhanced(image);
  const mosaic = image.isMosaic ? slicesOfMosaic(image) : undefined;
  if (mosaic !== undefined) return mosaic;
  const { dataSet, ...facts } = image;
  return Array.from({ length: image.frames }, (_, frame) => ({ ...sliceOfImage(facts), frame }));
}

/** A file's header; read again whole where its beginning is not enough. */
async function readHeader(path: string, { limits }: ReadOptions): Promise<DicomDataSet> {
  return withRegularFile(path, limits, async ({ handle, bytes: totalBytes }) => {
    const head = Buffer.allocUnsafe(Math.min(HEAD_BYTES, totalBytes));
    await readInto(handle, head, 0);
    try {
      return readDataSet(head, { where: path, limits, totalBytes });
    } catch (error) {
      const isCutOff = error instanceof FormatError && error.problem.code === "D_TRUNCATED";
      if (!isCutOff || totalBytes <= HEAD_BYTES) throw error;
    }
    return readDataSet(await wholeOf(path, { limits }), { where: path, limits });
  });
}

/** A file's bytes; in the last of the spare buffers, if that is large enough. */
export function wholeOf(
  path: string,
  { limits, spare = [] }: Pick<ReadOptions, "limits"> & { readonly spare?: Uint8Array[] },
): Promise<Uint8Array> {
  return withRegularFile(path, limits, async ({ handle, bytes }) => {
    const used = spare.pop();
    const whole = used !== undefined && used.length >= bytes ? used.subarray(0, bytes) : Buffer.allocUnsafe(bytes);
    const found = await readInto(handle, whole, 0);
    return whole.subarray(0, found);
  });
}

function seriesOf(dataSet: DicomDataSet): string | undefined {
  return textOf(dataSet, "SeriesInstanceUID");
}

/**
 * Whether the same image was seen before, byte for byte.
 *
 * Errors: FormatError S_UID_CONFLICT when another image has the same UID
 */
async function isCopy(
  { file, image }: Slice,
  { firstWith, options }: { readonly firstWith: Map<string, string>; readonly options: ReadOptions },
): Promise<boolean> {
  const first = firstWith.get(image.sopInstanceUid);
  if (first === undefined) {
    firstWith.set(image.sopInstanceUid, file);
    return false;
  }
  const [one, other] = [await hashOf(first, options), await hashOf(file, options)];
  if (one === other) return true;
  throw new FormatError({
    code: "S_UID_CONFLICT",
    where: file,
    expected: "an image UID of its own",
    got: `that of ${first}, which has other content`,
    next: "One of the two was changed without a new UID; find out which is right",
  });
}

async function hashOf(path: string, options: ReadOptions): Promise<string> {
  return createHash("sha256")
    .update(await wholeOf(path, options))
    .digest("hex");
}

function copyWarning(where: string): Warning {
  return { code: "S_COPY", where, text: "the same image is there twice; this copy was left out" };
}
