import type { DicomItem } from "../data-set.ts";
import { tagKey } from "../dictionary.ts";
import type { WalkedElement } from "../walk.ts";

/** A private attribute: which block it is in, its creator says. */
export interface PrivateAttribute {
  readonly group: number;
  readonly creator: string;
  /** Last two digits of the element number. */
  readonly element: number;
}

/** A private element, where the file has it. Source: DICOM PS3.5 section 7.8.1 */
export function privateElementOf(
  { elements, source }: DicomItem,
  { group, creator, element }: PrivateAttribute,
): WalkedElement | undefined {
  for (let block = 0x10; block <= 0xff; block++) {
    const key = tagKey(group * 0x10000 + block);
    if (elements[key] === undefined || source.string(key)?.trim() !== creator) continue;
    return elements[tagKey(group * 0x10000 + block * 0x100 + element)];
  }
  return undefined;
}
