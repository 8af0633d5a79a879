import { ConfigError } from "../../volume/errors.ts";
import type { CodedConcept, LabelClass } from "../../volume/label-class.ts";
import type { DicomOrigin } from "../../volume/scan.ts";
import { derivedUid } from "../dicom-write/derived-uid.ts";
import { codeSequence, shortText } from "../dicom-write/dicom-text.ts";
import type { DicomDataset } from "../dicom-write/encode-dicom.ts";
import type { SegmentationOptions } from "../scan-format.ts";
import { dicomCielabOf } from "./cielab.ts";
import { conceptFor, meaningOfSnomedCode, type SegmentConcept, segmentCategories, uncodedConcept } from "./snomed.ts";
import { isSnomedIdentifier } from "./snomed-identifier.ts";

const ARTIFICIAL_INTELLIGENCE = { scheme: "DCM", value: "123110", meaning: "Artificial Intelligence" } as const;

/**
 * One item of the Segment Sequence.
 *
 * Source: DICOM PS3.3 C.8.20.2, table C.8.20-4
 */
export function segmentItemOf(
  labelClass: LabelClass,
  {
    number,
    origin,
    options,
  }: { readonly number: number; readonly origin: DicomOrigin; readonly options: SegmentationOptions },
): DicomDataset {
  const { category, type, laterality } = codesOf(labelClass) ?? uncodedConcept;
  const label = shortText(labelClass.name, 64);
  return {
    SegmentNumber: number,
    SegmentLabel: label,
    ...algorithmAttributesOf(options.algorithm),
    SegmentedPropertyCategoryCodeSequence: codeSequence(category),
    SegmentedPropertyTypeCodeSequence: [
      {
        ...codeSequence(type)[0],
        SegmentedPropertyTypeModifierCodeSequence: laterality === undefined ? undefined : codeSequence(laterality),
      },
    ],
    // The same structure of the same series is the same thing to follow, whichever run outlined it.
    TrackingID: label,
    TrackingUID: derivedUid("tracking", origin.seriesInstanceUid, labelClass.name),
    RecommendedDisplayCIELabValue: dicomCielabOf(labelClass.colorRgb),
  };
}

/**
 * Refuses codes that SNOMED CT cannot have: a reader would find nothing, or another structure.
 *
 * Errors: ConfigError naming class and code
 */
export function assertSnomedCodes(classes: readonly LabelClass[]): void {
  for (const { name, category, type, laterality } of classes)
    for (const concept of [category, type, laterality]) {
      if (concept?.scheme !== "SCT" || isSnomedIdentifier(concept.value)) continue;
      throw new ConfigError({
        code: "W_CODE",
        where: `class "${shortText(name, 64)}"`,
        expected: "a SNOMED CT code, whose last digit checks the others",
        got: shortText(concept.value, 20),
        next: "Look the code up again",
      });
    }
}

/**
 * Refuses classes that no code describes: a file that calls them all "Tissue" would be valid and say nothing.
 *
 * Errors: ConfigError naming them
 */
export function assertCoded(classes: readonly LabelClass[]): void {
  const uncoded = classes.filter((labelClass) => codesOf(labelClass) === undefined);
  if (uncoded.length === 0) return;
  throw new ConfigError({
    code: "W_UNCODED",
    where: "classes",
    expected: "a SNOMED CT code for the type of every class",
    got: `none for ${uncoded.map(({ name }) => `"${shortText(name, 64)}"`).join(", ")}`,
    next: 'Give the class a "type" in the bundle\'s manifest, or allow uncoded classes to be written as "Tissue"',
  });
}

/**
 * A class's own SNOMED CT codes before those that its name stands for; meanings as the table spells them. Codes of other
 * schemes are left to those who know what they mean.
 */
function codesOf({ name, category, type, laterality }: LabelClass): SegmentConcept | undefined {
  const known = conceptFor(name);
  if (type?.scheme !== "SCT") return known;
  return {
    category: spelled(category ?? known?.category ?? segmentCategories.anatomicalStructure, name),
    type: spelled(type, name),
    ...(laterality === undefined ? {} : { laterality: spelled(laterality, name) }),
  };
}

/** A code has to have a meaning in words; a file may have left it out. */
function spelled(concept: CodedConcept, name: string): CodedConcept {
  const known = concept.scheme === "SCT" ? meaningOfSnomedCode(concept.value) : undefined;
  return { ...concept, meaning: known ?? (concept.meaning.trim() || name) };
}

function algorithmAttributesOf(algorithm: SegmentationOptions["algorithm"]): DicomDataset {
  // Nothing is known of labels that came from a file: to call them automatic would be a guess, and manual another.
  if (algorithm === undefined) return { SegmentAlgorithmType: "SEMIAUTOMATIC", SegmentAlgorithmName: "unspecified" };
  const name = shortText(algorithm.name, 64);
  return {
    SegmentAlgorithmType: "AUTOMATIC",
    SegmentAlgorithmName: name,
    SegmentationAlgorithmIdentificationSequence: [
      {
        AlgorithmFamilyCodeSequence: codeSequence(ARTIFICIAL_INTELLIGENCE),
        AlgorithmName: name,
        AlgorithmVersion: shortText(algorithm.version, 64),
      },
    ],
  };
}
