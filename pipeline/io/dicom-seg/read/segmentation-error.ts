import { FormatError } from "../../../volume/errors.ts";

/** The refusal of a segmentation that contradicts itself or the standard. */
export function segmentationError(
  where: string,
  { code, expected, got }: { readonly code: string; readonly expected: string; readonly got: string },
): FormatError {
  return new FormatError({ code, where, expected, got, next: "Export the segmentation again" });
}
