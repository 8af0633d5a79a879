import type { FrameHeader } from "./codec.ts";

/** Start-of-frame markers, JPEG-LS included; not among them are DHT, JPG and DAC, which lie in the same range. */
const isStartOfFrame = (marker: number) =>
  marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc);

/** Markers without a length. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/**
 * What a JPEG or JPEG-LS stream says of itself; undefined when it has no frame header.
 *
 * Source: ITU-T T.81 B.2.2, ITU-T T.87 C.2.2
 */
export function jpegHeaderOf(bytes: Uint8Array): (FrameHeader & { readonly marker: number }) | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1];
    if (marker === 0xff) at++;
    else if (isBare(marker)) at += 2;
    else if (isStartOfFrame(marker)) {
      if (at + 10 > bytes.length) return undefined;
      const [rows, columns] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { marker, bits: bytes[at + 4], rows, columns, samples: bytes[at + 9] };
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
