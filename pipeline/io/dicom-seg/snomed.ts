import type { CodedConcept, LabelClass } from "../../volume/label-class.ts";
import { abnormalStructures, anatomicalStructures, modifiers, type Row } from "./snomed-table.ts";

/** Category, type and modifier of a segment. */
export type SegmentConcept = Required<Pick<LabelClass, "category" | "type">> & Pick<LabelClass, "laterality">;

const sct = (value: string, meaning: string): CodedConcept => ({ scheme: "SCT", value, meaning });

/**
 * The eight rows of CID 7150, Segmentation Property Category.
 *
 * Anatomical structure is 91723000 in the standard since the edition of November 2019 and in its edition 2026a; editions
 * before it, and most files in the wild, have 123037004, which SNOMED CT itself calls "Body structure".
 */
export const segmentCategories = {
  anatomicalStructure: sct("91723000", "Anatomical Structure"),
  tissue: sct("85756007", "Tissue"),
  abnormalStructure: sct("49755003", "Morphologically Abnormal Structure"),
  physicalObject: sct("260787004", "Physical object"),
  bodySubstance: sct("91720002", "Body Substance"),
  substance: sct("105590001", "Substance"),
  function: sct("246464006", "Function"),
  spatialConcept: sct("309825002", "Spatial and Relational Concept"),
} as const;

/** Accepted where others wrote it, never written by our own table. */
const FORMER_ANATOMICAL_STRUCTURE = sct("123037004", "Anatomical Structure");

/** What a segment is called whose class has no code and whose writer insists: true, and says nothing. */
export const uncodedConcept: SegmentConcept = {
  category: segmentCategories.tissue,
  type: segmentCategories.tissue,
};

const concepts = new Map<string, SegmentConcept>([
  ...entriesOf(anatomicalStructures, segmentCategories.anatomicalStructure),
  ...entriesOf(abnormalStructures, segmentCategories.abnormalStructure),
]);

const modifierByName = new Map(modifiers.map(([code, meaning]) => [keyOf(meaning), sct(code, meaning)]));

const meaningsByCode = new Map(
  [
    ...Object.values(segmentCategories),
    FORMER_ANATOMICAL_STRUCTURE,
    ...[...anatomicalStructures, ...abnormalStructures, ...modifiers].map(([code, meaning]) => sct(code, meaning)),
  ].map(({ value, meaning }) => [value, meaning]),
);

/**
 * SNOMED CT codes for a structure's name in any usual spelling, such as `kidney_left`, `Left kidney` or `appendix`.
 *
 * Empty:  undefined for a name that the table does not know
 * Source: DICOM PS3.16 CID 7150, 7151; tables and their origins in snomed-table.ts
 */
export function conceptFor(name: string): SegmentConcept | undefined {
  const key = keyOf(name);
  const exact = concepts.get(key);
  if (exact !== undefined) return exact;
  for (const [word, laterality] of modifierByName) {
    const rest = withoutWord(key, word);
    const concept = rest === undefined ? undefined : concepts.get(rest);
    if (concept !== undefined) return { ...concept, laterality };
  }
  return undefined;
}

/** What the table says a SNOMED CT code means; undefined for a code that it does not hold. */
export function meaningOfSnomedCode(code: string): string | undefined {
  return meaningsByCode.get(code);
}

function entriesOf(rows: readonly Row[], category: CodedConcept): readonly [string, SegmentConcept][] {
  return rows.flatMap(([code, meaning, ...names]) =>
    [meaning, ...names].map((name): [string, SegmentConcept] => [keyOf(name), { category, type: sct(code, meaning) }]),
  );
}

/** Lower case, single spaces for whatever separates words. */
function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

function withoutWord(key: string, word: string): string | undefined {
  const words = key.split(" ");
  const at = words.indexOf(word);
  return at < 0 ? undefined : words.toSpliced(at, 1).join(" ");
}
