import type { LabelClass } from "../../../volume/label-class.ts";
import type { DicomOrigin } from "../../../volume/scan.ts";
import type { LabelMap } from "../../../volume/volume.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";

/** What a segmentation has to agree with. */
export interface LintExpectation {
  readonly origin: DicomOrigin;
  /** On the origin's grid. */
  readonly labels: LabelMap;
  /** Those that occur in the labels, by ascending id. */
  readonly classes: readonly LabelClass[];
}

/** A rule: its name, and what is wrong with a file, undefined when nothing is. */
export interface LintRule {
  readonly name: string;
  readonly check: (file: DicomDataSet, expected: LintExpectation) => string | undefined | Promise<string | undefined>;
}
