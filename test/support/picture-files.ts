import { crc32, deflateSync } from "node:zlib";

/** What a test's PNG holds; samples in rows, colours side by side. */
export interface PngFields {
  readonly width: number;
  readonly height: number;
  /** 0 gray, 2 colour, 3 palette, 6 colour with opacity. */
  readonly colorType: 0 | 2 | 3 | 6;
  readonly samples: Uint8Array | Uint16Array;
  /** Of samples that are packed several to a byte, each row to whole bytes. */
  readonly bitDepth?: 1 | 2 | 4;
  /** Red, green, blue of each index, one after another. */
  readonly palette?: readonly number[];
  readonly pixelsPerMetre?: readonly [x: number, y: number];
}

/** A PNG file, chunk by chunk. Source: PNG, third edition */
export function pngFile(fields: PngFields): Buffer {
  const {
    width,
    height,
    colorType,
    samples,
    pixelsPerMetre,
    palette,
    bitDepth = 8 * samples.BYTES_PER_ELEMENT,
  } = fields;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colorType, 0, 0, 0], 8);
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  if (samples.BYTES_PER_ELEMENT === 2) bytes.swap16(); // big endian
  const rowBytes = bytes.length / height;
  const rows = Array.from({ length: height }, (_, row) => [
    Buffer.of(0), // no filter
    bytes.subarray(row * rowBytes, (row + 1) * rowBytes),
  ]);
  const physical = Buffer.alloc(9);
  physical.writeUInt32BE(pixelsPerMetre?.[0] ?? 0, 0);
  physical.writeUInt32BE(pixelsPerMetre?.[1] ?? 0, 4);
  physical[8] = 1;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(pixelsPerMetre === undefined ? [] : [chunk("pHYs", physical)]),
    ...(palette === undefined ? [] : [chunk("PLTE", Buffer.from(palette))]),
    chunk("IDAT", deflateSync(Buffer.concat(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, content: Buffer): Buffer {
  const all = Buffer.concat([Buffer.alloc(4), Buffer.from(name, "latin1"), content, Buffer.alloc(4)]);
  all.writeUInt32BE(content.length, 0);
  all.writeUInt32BE(crc32(all.subarray(4, -4)), all.length - 4);
  return all;
}

/** A TIFF file of single-precision gray samples, with a pixel size in fractions of its unit. Source: TIFF 6.0 */
export function floatTiff(
  samples: Float32Array,
  { width, height, unit }: { readonly width: number; readonly height: number; readonly unit: number },
): Buffer {
  const pixelsAt = 8;
  const ratiosAt = pixelsAt + samples.byteLength;
  const directoryAt = ratiosAt + 16;
  const [SHORT, LONG, RATIONAL] = [3, 4, 5];
  const entries = [
    [256, LONG, width],
    [257, LONG, height],
    [258, SHORT, 32],
    [259, SHORT, 1],
    [262, SHORT, 1],
    [273, LONG, pixelsAt],
    [277, SHORT, 1],
    [278, LONG, height],
    [279, LONG, samples.byteLength],
    [282, RATIONAL, ratiosAt],
    [283, RATIONAL, ratiosAt + 8],
    [296, SHORT, unit],
    [339, SHORT, 3],
  ];
  const bytes = Buffer.alloc(directoryAt + 2 + 12 * entries.length + 4);
  bytes.write("II*\0", 0, "latin1");
  bytes.writeUInt32LE(directoryAt, 4);
  for (const [i, sample] of samples.entries()) bytes.writeFloatLE(sample, pixelsAt + 4 * i);
  for (const [i, value] of [40, 1, 20, 1].entries()) bytes.writeUInt32LE(value, ratiosAt + 4 * i); // 40 and 20 per unit
  bytes.writeUInt16LE(entries.length, directoryAt);
  for (const [i, [tag, type, value]] of entries.entries()) {
    const at = directoryAt + 2 + 12 * i;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  return bytes;
}
