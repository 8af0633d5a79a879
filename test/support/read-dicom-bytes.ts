import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dicomFormat } from "../../pipeline/io/dicom/dicom-format.ts";
import type { ReadOptions } from "../../pipeline/io/scan-format.ts";
import { FormatError, GeometryError } from "../../pipeline/volume/errors.ts";
import { defaultLimits } from "../../pipeline/volume/limits.ts";
import type { Scan } from "../../pipeline/volume/scan.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** What became of a file: a scan and its warnings, a refusal, or a file that was no image. */
export interface Outcome {
  readonly scan?: Omit<Scan, "inputs">;
  readonly warnings: readonly string[];
  /** Code and text of the refusal. */
  readonly refused?: string;
  readonly text?: string;
  readonly skipped?: string;
}

/** Lists and reads a file as a parsing child does. */
export async function readDicomBytes(
  content: Uint8Array,
  options: Partial<ReadOptions> & { readonly name?: string } = {},
): Promise<Outcome> {
  const { name = "file.dcm", ...rest } = options;
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const given = { limits: defaultLimits, ...rest };
  try {
    const { scans, refusals, skipped } = await dicomFormat.list([path], given);
    if (refusals.length > 0)
      return { warnings: [], refused: refusals[0].problem.code, text: JSON.stringify(refusals[0].problem) };
    if (scans.length === 0) return { warnings: [], skipped: skipped[0].reason };
    const scan = await dicomFormat.read(scans[0], given);
    return { scan, warnings: scan.warnings.map(({ code }) => code) };
  } catch (error) {
    if (!(error instanceof FormatError) && !(error instanceof GeometryError)) throw error;
    return { warnings: [], refused: error.problem.code, text: JSON.stringify(error.problem) };
  }
}
