import { FormatError } from "../../volume/errors.ts";
import type { LabelMap } from "../../volume/volume.ts";
import type { LoadedCase } from "./training-dataset.ts";

/** A case's labels. Errors: FormatError T_LABELS when it has none */
export function labelsOf({ id, labels }: LoadedCase): LabelMap {
  if (labels !== undefined) return labels;
  throw new FormatError({
    code: "T_LABELS",
    where: id,
    expected: "labels for a case that is trained or validated on",
    got: "none",
    next: "Add them, or train without the case (--skip-bad-cases)",
  });
}
