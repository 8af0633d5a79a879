import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { FoundScan } from "../pipeline/index.ts";

/** Endings that say how a file is packed, not what it is called; the longest first. */
const KNOWN_ENDINGS = /(\.nii\.gz|\.seg\.dcm|\.[a-z0-9]{1,5})$/i;

/**
 * A folder name for each scan: the input's own name where that is unique, with a hash of what chose the scan behind it
 * where it is not. Never made of anything a file contains.
 */
export function caseNamesOf(scans: readonly FoundScan[]): readonly string[] {
  const stems = scans.map(stemOf);
  const seen = new Map<string, number>();
  // Folders on some systems do not tell upper from lower case.
  for (const stem of stems) seen.set(stem.toLowerCase(), (seen.get(stem.toLowerCase()) ?? 0) + 1);
  return stems.map((stem, i) => (seen.get(stem.toLowerCase()) === 1 ? stem : `${stem}-${hashOf(scans[i])}`));
}

function stemOf({ format, files }: FoundScan): string {
  const path = files[0];
  const name =
    format === "dicom" && files.length > 1 ? basename(dirname(path)) : basename(path).replace(KNOWN_ENDINGS, "");
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[._-]+/, "");
  return safe === "" ? "scan" : safe.slice(0, 64);
}

function hashOf({ id, part, files }: FoundScan): string {
  const key = JSON.stringify([id, part ?? "", [...files].sort()]);
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}
