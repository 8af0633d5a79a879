/** Value representations whose explicit length has 32 bits. Source: DICOM PS3.5 table 7.1-1 */
const longLength = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);

const shortLength = new Set([
  ...["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM"],
  ...["UI", "UL", "US"],
]);

/** Bytes of one value, where that is fixed. Source: DICOM PS3.5 table 6.2-1 */
const valueBytes: ReadonlyMap<string, number> = new Map([
  ...["US", "SS", "OW"].map((vr) => [vr, 2] as const),
  ...["UL", "SL", "FL", "AT", "OL", "OF"].map((vr) => [vr, 4] as const),
  ...["FD", "SV", "UV", "OV", "OD"].map((vr) => [vr, 8] as const),
]);

/** Whether the standard knows these two letters. */
export function isKnownVr(vr: string): boolean {
  return shortLength.has(vr) || longLength.has(vr);
}

/** Whether an explicit element with this representation has a 32-bit length. */
export function hasLongLength(vr: string): boolean {
  return longLength.has(vr);
}

/** Bytes of one value; 1 where it varies. */
export function valueBytesOf(vr: string): number {
  return valueBytes.get(vr) ?? 1;
}
