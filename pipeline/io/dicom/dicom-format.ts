import { dirname } from "node:path";
import { FormatError } from "../../volume/errors.ts";
import type { Listing, ReadOptions, ScanFormat } from "../scan-format.ts";
import { looksLikeDicom } from "./data-set.ts";
import { foundScansOf } from "./series/found-scans.ts";
import { readVolume } from "./series/read-volume.ts";
import { scanFiles } from "./series/scan-files.ts";

/** DICOM images: series of single slices, enhanced multi-frame, legacy converted. */
export const dicomFormat: ScanFormat = {
  name: "dicom",
  extensions: [".dcm", ".dicom", ".ima"],
  recognises: looksLikeDicom,
  list: listDicom,
  read: async (found, options) => ({ ...(await readVolume(found, options)), inputs: [] }),
};

async function listDicom(files: readonly string[], options: ReadOptions): Promise<Listing> {
  assertNotTooMany(files, options);
  const scanned = await scanFiles(files, options);
  const { refusals, skipped } = scanned;
  return { scans: foundScansOf(scanned, options), refusals, skipped };
}

/** By count, before a single file is opened. */
function assertNotTooMany(files: readonly string[], { limits }: ReadOptions): void {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  for (const [where, count] of counts)
    if (count > limits.slices)
      throw new FormatError({
        code: "S_TOO_MANY",
        where,
        expected: `at most ${limits.slices} DICOM files in a folder`,
        got: String(count),
        next: "Name the series' own folders, or raise the limit slices",
      });
}
