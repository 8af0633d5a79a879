const MAGIC = "SV10";
const FIRST_TAG = 16;
const NAME_BYTES = 64;
const TAG_BYTES = 84;
const ITEM_HEADER_BYTES = 16;

/** More tags or values than any scanner writes. */
const MOST_TAGS = 1000;
const MOST_ITEMS = 1000;

/**
 * The numbers of an entry in Siemens' private CSA header.
 *
 * Empty:  no numbers where the header is damaged, of another version, or has no such entry
 * Source: the layout as NiBabel documents it (nibabel.nicom, "Siemens format DICOM with CSA header")
 */
export function csaNumbers(bytes: Uint8Array, wanted: string): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = (start: number, end: number) =>
    Buffer.from(bytes.subarray(start, end)).toString("latin1").split("\0")[0];
  if (bytes.length < FIRST_TAG || latin1(0, 4) !== MAGIC) return [];
  const count = Math.min(view.getUint32(8, true), MOST_TAGS);
  let at = FIRST_TAG;
  for (let tag = 0; tag < count && at + TAG_BYTES <= bytes.length; tag++) {
    const name = latin1(at, at + NAME_BYTES);
    const items = Math.min(view.getUint32(at + 76, true), MOST_ITEMS);
    at += TAG_BYTES;
    const values: number[] = [];
    for (let item = 0; item < items && at + ITEM_HEADER_BYTES <= bytes.length; item++) {
      const length = view.getUint32(at + 4, true);
      at += ITEM_HEADER_BYTES;
      if (length > 0) values.push(Number.parseFloat(latin1(at, at + length)));
      at += 4 * Math.ceil(length / 4);
    }
    if (name === wanted) return values.every(Number.isFinite) ? values : [];
  }
  return [];
}
