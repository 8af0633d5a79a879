import { FormatError } from "../volume/errors.ts";
import type { Scan } from "../volume/scan.ts";
import { readScan } from "./read-scan.ts";

/** How a file of labels is read. */
export interface ReadLabelOptions {
  readonly signal: AbortSignal | undefined;
  /** What a picture with a palette gives: `indices` when left out. */
  readonly palette?: "colours" | "indices" | undefined;
}

/**
 * A file as labels are read: a picture with a palette gives indices, unless its colours are wanted.
 *
 * Errors: FormatError T_LOSSY for a picture whose values are no longer those that somebody drew; as `readScan`
 */
export async function readLabelFile(path: string, { signal, palette = "indices" }: ReadLabelOptions): Promise<Scan> {
  const scan = await readScan(path, { signal, palette });
  if (scan.format !== "raster" || !/\.jpe?g$/i.test(path)) return scan;
  throw new FormatError({
    code: "T_LOSSY",
    where: path,
    expected: "labels in a lossless format",
    got: "JPEG",
    next: "Export them again as PNG from the program that drew them",
  });
}
