import type { CodedConcept, LabelClass } from "../../../volume/label-class.ts";
import type { DicomItem } from "../../dicom/data-set.ts";
import type { Keyword } from "../../dicom/dictionary.ts";
import { itemsOf, numbersOf, textOf } from "../../dicom/values.ts";
import { shortText } from "../../dicom-write/dicom-text.ts";
import { rgbOf } from "../cielab.ts";

/** Colour of a segment that recommends none. */
const GREY = [128, 128, 128] as const;

/** What a Segment Sequence item says its number stands for; missing codes and colours are left out or grey. */
export function labelClassOf(segment: DicomItem, id: number): LabelClass {
  const [typeItem] = itemsOf(segment, "SegmentedPropertyTypeCodeSequence");
  const [l, a, b] = numbersOf(segment, "RecommendedDisplayCIELabValue");
  const concepts = {
    category: conceptIn(segment, "SegmentedPropertyCategoryCodeSequence"),
    type: conceptIn(segment, "SegmentedPropertyTypeCodeSequence"),
    laterality: typeItem && conceptIn(typeItem, "SegmentedPropertyTypeModifierCodeSequence"),
  };
  return {
    id,
    name: shortText(textOf(segment, "SegmentLabel") ?? "", 64) || `segment ${id}`,
    colorRgb: b === undefined ? GREY : rgbOf([l as number, a as number, b]),
    ...Object.fromEntries(Object.entries(concepts).filter(([, concept]) => concept !== undefined)),
  };
}

function conceptIn(item: DicomItem, sequence: Keyword): CodedConcept | undefined {
  const [code] = itemsOf(item, sequence);
  const value = code && (textOf(code, "CodeValue") ?? textOf(code, "LongCodeValue"));
  if (code === undefined || value === undefined) return undefined;
  return {
    scheme: shortText(textOf(code, "CodingSchemeDesignator") ?? "", 16),
    value: shortText(value, 64),
    meaning: shortText(textOf(code, "CodeMeaning") ?? "", 64),
  };
}
