import { ConfigError, FormatError } from "../volume/errors.ts";
import type { FoundScan, Listing } from "./scan-format.ts";

/** What to look for in a listing. */
export interface ChooseScanOptions {
  /** The path that was listed, for messages. */
  readonly input: string;
  /** As `FoundScan.id` names it; left out where there is only one scan. */
  readonly id?: string | undefined;
}

/**
 * The scan with an id, or the only scan of a listing; segmentations that lie beside images do not count there.
 *
 * Errors: ConfigError C_SCANS that lists the ids when the choice is not clear; FormatError with the first refusal when
 *         nothing could be read
 */
export function chooseScan({ scans, refusals, skipped }: Listing, { input, id }: ChooseScanOptions): FoundScan {
  const candidates = id === undefined ? imagesOr(scans) : scans.filter((scan) => scan.id === id);
  if (candidates.length === 1) return candidates[0];
  if (scans.length === 0 && refusals.length > 0) throw new FormatError(refusals[0].problem);
  const ids = scans.map((scan) => scan.id).join(", ");
  throw new ConfigError({
    code: "C_SCANS",
    where: input,
    expected: id === undefined ? "one scan" : `a scan with the id ${JSON.stringify(id)}`,
    got: scans.length === 0 ? `none in ${skipped.length} skipped files` : `${scans.length}: ${ids}`,
    next: scans.length === 0 ? "Choose a path that holds images" : "Choose one of them by its id",
  });
}

/** Archives keep segmentations beside the images that they were made from; the images are meant. */
function imagesOr(scans: readonly FoundScan[]): readonly FoundScan[] {
  const images = scans.filter(({ summary }) => summary.modality !== "SEG");
  return images.length > 0 ? images : scans;
}
