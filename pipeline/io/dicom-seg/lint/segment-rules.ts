import type { LabelClass } from "../../../volume/label-class.ts";
import type { DicomItem } from "../../dicom/data-set.ts";
import type { Keyword } from "../../dicom/dictionary.ts";
import { itemsOf, numbersOf, textOf } from "../../dicom/values.ts";
import { shortText } from "../../dicom-write/dicom-text.ts";
import { encodings } from "../segmentation-encodings.ts";
import { meaningOfSnomedCode } from "../snomed.ts";
import type { LintRule } from "./lint-rule.ts";

/** Rules on the Segment Sequence. */
export const segmentRules: readonly LintRule[] = [
  {
    name: "segment-numbers",
    check: (file, { classes }) => {
      const { numberOf } =
        Object.values(encodings).find(({ type }) => type === textOf(file, "SegmentationType")) ?? encodings.binary;
      const found = itemsOf(file, "SegmentSequence").map((item) => numbersOf(item, "SegmentNumber")[0]);
      const wanted = classes.map(numberOf);
      return String(found) === String(wanted) ? undefined : `numbers ${found} instead of ${wanted}`;
    },
  },
  {
    name: "segment-labels",
    check: (file, { classes }) => eachSegment(itemsOf(file, "SegmentSequence"), classes, labelFault),
  },
  {
    name: "segment-algorithm",
    check: (file) => eachSegment(itemsOf(file, "SegmentSequence"), [], algorithmFault),
  },
  {
    name: "segment-codes",
    check: (file, { classes }) => eachSegment(itemsOf(file, "SegmentSequence"), classes, codesFault),
  },
  {
    name: "segment-tracking",
    check: (file) =>
      eachSegment(itemsOf(file, "SegmentSequence"), [], (segment) =>
        textOf(segment, "TrackingID") !== undefined && textOf(segment, "TrackingUID") !== undefined
          ? undefined
          : "no tracking id or UID",
      ),
  },
  {
    name: "segment-colour",
    check: (file) =>
      eachSegment(itemsOf(file, "SegmentSequence"), [], (segment) =>
        numbersOf(segment, "RecommendedDisplayCIELabValue").length === 3 ? undefined : "no recommended colour",
      ),
  },
];

type SegmentFault = (segment: DicomItem, labelClass: LabelClass | undefined) => string | undefined;

/** The first segment's fault, with its number. */
function eachSegment(
  segments: readonly DicomItem[],
  classes: readonly LabelClass[],
  faultOf: SegmentFault,
): string | undefined {
  for (const [index, segment] of segments.entries()) {
    const fault = faultOf(segment, classes[index]);
    if (fault !== undefined) return `segment ${index + 1}: ${fault}`;
  }
  return undefined;
}

function labelFault(segment: DicomItem, labelClass: LabelClass | undefined): string | undefined {
  const label = textOf(segment, "SegmentLabel");
  if (label === undefined) return "no label";
  return labelClass === undefined || label === shortText(labelClass.name, 64) ? undefined : "another class's label";
}

function algorithmFault(segment: DicomItem): string | undefined {
  const type = textOf(segment, "SegmentAlgorithmType");
  if (type !== "AUTOMATIC" && type !== "SEMIAUTOMATIC" && type !== "MANUAL") return "no algorithm type";
  if (type !== "MANUAL" && textOf(segment, "SegmentAlgorithmName") === undefined) return "no algorithm name";
  if (type !== "AUTOMATIC") return undefined;
  const [identification] = itemsOf(segment, "SegmentationAlgorithmIdentificationSequence");
  if (identification === undefined) return "no algorithm identification";
  const isWhole = (["AlgorithmName", "AlgorithmVersion"] as const).every(
    (keyword) => textOf(identification, keyword) !== undefined,
  );
  if (!isWhole) return "an algorithm without name or version";
  return codeFault(identification, "AlgorithmFamilyCodeSequence");
}

function codesFault(segment: DicomItem, labelClass: LabelClass | undefined): string | undefined {
  const category = codeFault(segment, "SegmentedPropertyCategoryCodeSequence", labelClass);
  return category ?? codeFault(segment, "SegmentedPropertyTypeCodeSequence", labelClass);
}

/** One whole code; of SNOMED CT only such as our table holds, with its meaning, or the class itself brought. */
function codeFault(item: DicomItem, sequence: Keyword, labelClass?: LabelClass): string | undefined {
  const [code, ...others] = itemsOf(item, sequence);
  if (code === undefined || others.length > 0) return `not one code in ${sequence}`;
  const value = textOf(code, "CodeValue") ?? textOf(code, "LongCodeValue");
  const scheme = textOf(code, "CodingSchemeDesignator");
  const meaning = textOf(code, "CodeMeaning");
  if (value === undefined || scheme === undefined || meaning === undefined) return `an incomplete code in ${sequence}`;
  if (scheme !== "SCT") return undefined;
  const known = meaningOfSnomedCode(value);
  if (known !== undefined) return known === meaning ? undefined : `a code in ${sequence} that means something else`;
  const isOwn = [labelClass?.category, labelClass?.type].some((concept) => concept?.value === value);
  return isOwn ? undefined : `a code in ${sequence} that is not known`;
}
