import type { CodedConcept } from "../../volume/label-class.ts";
import type { DicomDataset } from "./encode-dicom.ts";

const DECIMAL_STRING_LENGTH = 16;

/**
 * The closest decimal string (VR DS) to a number: at most 16 characters, the most digits that fit.
 *
 * Errors: RangeError when the number is not finite
 * Source: DICOM PS3.5 6.2
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`no DICOM decimal string for ${value}`);
  for (let digits = 17; ; digits--) {
    const rounded = Number(value.toPrecision(digits));
    const text = [String(rounded), rounded.toExponential()].find(({ length }) => length <= DECIMAL_STRING_LENGTH);
    if (text !== undefined) return text;
  }
}

/** Text that a VR of limited length can hold: one line, no value separator, cut at `length` characters. */
export function shortText(text: string, length: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
  const oneLine = text.replace(/[\\\u0000-\u001f\u007f]/g, " ");
  return [...oneLine.trim()].slice(0, length).join("").trimEnd();
}

/** Characters of a Code Value (VR SH); SNOMED CT has codes of 18 digits. */
const CODE_VALUE_LENGTH = 16;

/** The sequence that holds one code. Source: DICOM PS3.3 8.1 */
export function codeSequence({ scheme, value, meaning }: CodedConcept): readonly DicomDataset[] {
  const keyword = value.length > CODE_VALUE_LENGTH ? "LongCodeValue" : "CodeValue";
  return [{ [keyword]: value, CodingSchemeDesignator: scheme, CodeMeaning: shortText(meaning, 64) }];
}

/** Date (VR DA) and time (VR TM) in UTC. */
export function dateAndTime(now: Date): { readonly date: string; readonly time: string } {
  const [day, clock] = now.toISOString().split("T") as [string, string];
  return { date: day.replaceAll("-", ""), time: clock.slice(0, 8).replaceAll(":", "") };
}
