import { crc32 } from "node:zlib";
import { FormatError } from "../../volume/errors.ts";
import { readInto, withRegularFile } from "../regular-file.ts";
import { decodePicture, type PictureFacts } from "./decode-picture.ts";

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's content, and the checksum behind it. */
const CHUNK_BYTES = 12;
/** Content of IHDR: sides, then bit depth and colour type. */
const HEADER_BYTES = 13;
const BIT_DEPTH_AT = 8;
const COLOUR_TYPE_AT = 9;
const GRAY = 0;

/** Beside its deflated samples, a file has no use for more. */
const MOST_OTHER_BYTES = 2 ** 24;

/**
 * The colour numbers that a PNG file with a palette stores, which decoders replace by the colours.
 *
 * The file is decoded as gray: the same samples, of which 1-, 2- and 4-bit ones come out scaled to 255.
 *
 * Shape:  [height, width]
 * Errors: FormatError P_PICTURE for a damaged or truncated file
 * Source: PNG, third edition, 4.4 and 11.2
 */
export async function paletteIndicesOf(
  path: string,
  { width, height }: Pick<PictureFacts, "width" | "height">,
): Promise<Uint8Array> {
  const fileBytes = 2 * width * height + MOST_OTHER_BYTES;
  const { bytes, bitDepth } = await withRegularFile(path, { fileBytes }, async ({ handle, bytes }) => {
    const whole = Buffer.alloc(bytes);
    return grayTwinOf(whole.subarray(0, await readInto(handle, whole, 0)), path);
  });
  const size = { width, height, channels: 1, depth: "uint8" } as const;
  const [samples] = await decodePicture(path, size, bytes);
  const step = 255 / (2 ** bitDepth - 1);
  return Uint8Array.from(samples, (sample) => sample / step);
}

/** The same picture declared as gray, without the chunks that speak of colours. */
function grayTwinOf(png: Buffer, path: string): { readonly bytes: Buffer; readonly bitDepth: number } {
  const kept: Uint8Array[] = [png.subarray(0, SIGNATURE_BYTES)];
  let bitDepth = 8;
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= png.length; ) {
    const end = at + CHUNK_BYTES + png.readUInt32BE(at);
    const name = png.toString("latin1", at + 4, at + 8);
    const chunk = png.subarray(at, end);
    if (name === "IHDR" && chunk.length === CHUNK_BYTES + HEADER_BYTES) {
      bitDepth = chunk[8 + BIT_DEPTH_AT];
      kept.push(asGray(chunk));
    } else if (name === "IDAT" || name === "IEND") kept.push(chunk);
    at = end;
  }
  if ([1, 2, 4, 8].includes(bitDepth)) return { bytes: Buffer.concat(kept), bitDepth };
  throw new FormatError({
    code: "P_PICTURE",
    where: path,
    expected: "a palette of 1, 2, 4 or 8 bits",
    got: `${bitDepth} bits`,
    next: "Export the mask again",
  });
}

function asGray(header: Uint8Array): Uint8Array {
  const changed = Buffer.from(header);
  changed[8 + COLOUR_TYPE_AT] = GRAY;
  changed.writeUInt32BE(crc32(changed.subarray(4, -4)), changed.length - 4);
  return changed;
}
