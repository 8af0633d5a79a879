import type { FrameHeader } from "./codec.ts";

const START_OF_CODESTREAM = 0xff4f;
const IMAGE_AND_TILE_SIZE = 0xff51;

/**
 * What a JPEG 2000 codestream says of itself; undefined when it is none.
 *
 * Source: ITU-T T.800 A.5.1 (SIZ)
 */
export function jpeg2000HeaderOf(bytes: Uint8Array): FrameHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isCodestream =
    bytes.length >= 43 && view.getUint16(0) === START_OF_CODESTREAM && view.getUint16(2) === IMAGE_AND_TILE_SIZE;
  if (!isCodestream) return undefined;
  const sides = (at: number) => [view.getUint32(at), view.getUint32(at + 4)];
  const [right, bottom] = sides(8);
  const [left, top] = sides(16);
  return {
    rows: bottom - top,
    columns: right - left,
    samples: view.getUint16(40),
    bits: (bytes[42] & 0x7f) + 1,
  };
}
