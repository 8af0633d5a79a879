import type { DicomDataSet } from "../../dicom/data-set.ts";
import { frameRules } from "./frame-rules.ts";
import { headerRules } from "./header-rules.ts";
import type { LintExpectation, LintRule } from "./lint-rule.ts";
import { pixelRules } from "./pixel-rules.ts";
import { segmentRules } from "./segment-rules.ts";

/** One rule that a segmentation breaks. */
export interface LintFinding {
  readonly rule: string;
  /** What is wrong, without a patient's data. */
  readonly text: string;
}

/** Every rule, by what it looks at. */
export const lintRules: readonly LintRule[] = [...headerRules, ...segmentRules, ...frameRules, ...pixelRules];

/**
 * The rules that a segmentation breaks, most of them such as `dciodvfy` does not know: it looks at one file, these look
 * at the file, its source and the labels together.
 *
 * Empty:  no findings, for a segmentation that may be published
 */
export async function lintSegmentation(file: DicomDataSet, expected: LintExpectation): Promise<readonly LintFinding[]> {
  const findings: LintFinding[] = [];
  for (const { name, check } of lintRules) {
    const text = await check(file, expected);
    if (text !== undefined) findings.push({ rule: name, text });
  }
  return findings;
}
