import { readFile } from "node:fs/promises";
import { FormatError } from "../../../volume/errors.ts";
import { defaultLimits } from "../../../volume/limits.ts";
import { readDataSet } from "../../dicom/data-set.ts";
import type { LintExpectation } from "./lint-rule.ts";
import { lintSegmentation } from "./lint-segmentation.ts";

/** Our own file is as large as its labels make it. */
const ownFileLimits = { ...defaultLimits, elements: Infinity, slices: Infinity, volumeBytes: Infinity };

/**
 * Refuses a segmentation, written but not yet published, that any rule finds a fault in; `where` is the name it will get.
 *
 * Errors: FormatError W_LINT that names the rules, which a user can only report; the file is not published
 */
export async function assertLints(
  unpublishedPath: string,
  { where, ...expected }: LintExpectation & { readonly where: string },
): Promise<void> {
  const dataSet = readDataSet(await readFile(unpublishedPath), { where, limits: ownFileLimits });
  const findings = await lintSegmentation(dataSet, expected);
  if (findings.length === 0) return;
  throw new FormatError({
    code: "W_LINT",
    where,
    expected: "a segmentation without faults",
    got: findings.map(({ rule, text }) => `${rule} (${text})`).join("; "),
    next: "Nothing was written; please report this",
  });
}
