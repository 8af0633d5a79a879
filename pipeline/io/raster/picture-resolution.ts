import { type RegularFile, readInto } from "../regular-file.ts";

/** Distance between pixels along a row and down a column. Units: mm. */
export interface PixelSpacing {
  readonly w: number;
  readonly h: number;
}

/** Entries of a TIFF directory that are looked at. */
const MOST_TIFF_ENTRIES = 512;

/** Bytes at the start of a PNG file in which its resolution has to be: it comes before the pixels. */
const PNG_HEAD_BYTES = 2 ** 16;

const MM_PER_METRE = 1000;

/**
 * The pixel size that a PNG or TIFF file states in units of length.
 *
 * Empty:  undefined where none is stated, or in JPEG, whose densities are habits of cameras and not measurements
 * Source: PNG, third edition, 11.3.4.3 pHYs; TIFF 6.0, section 8, XResolution
 */
export async function pixelSpacingOf(file: RegularFile, format: string): Promise<PixelSpacing | undefined> {
  const found = format === "png" ? await pngSpacing(file) : format === "tiff" ? await tiffSpacing(file) : undefined;
  return found !== undefined && isLength(found.w) && isLength(found.h) ? found : undefined;
}

function isLength(mm: number): boolean {
  return mm > 0 && Number.isFinite(mm);
}

async function pngSpacing({ handle }: RegularFile): Promise<PixelSpacing | undefined> {
  const buffer = Buffer.alloc(PNG_HEAD_BYTES);
  const head = buffer.subarray(0, await readInto(handle, buffer, 0));
  for (let at = 8; at + 21 <= head.length; at += 12 + head.readUInt32BE(at)) {
    const chunk = head.toString("latin1", at + 4, at + 8);
    if (chunk === "IDAT") return undefined;
    if (chunk === "pHYs" && head[at + 16] === 1)
      return { w: MM_PER_METRE / head.readUInt32BE(at + 8), h: MM_PER_METRE / head.readUInt32BE(at + 12) };
  }
  return undefined;
}

/** Tags of XResolution, YResolution and ResolutionUnit. */
const tiffTags = { w: 282, h: 283, unit: 296 } as const;

/** Inch and centimetre. */
const millimetresPerTiffUnit: ReadonlyMap<number, number> = new Map([
  [2, 25.4],
  [3, 10],
]);

async function tiffSpacing(file: RegularFile): Promise<PixelSpacing | undefined> {
  const order = await viewAt(file, 0, 8);
  const littleEndian = order?.getUint16(0) === 0x4949;
  if (order?.getUint16(2, littleEndian) !== 42) return undefined; // BigTIFF: whole slides, whose scale is elsewhere
  const directory = order.getUint32(4, littleEndian);
  const count = (await viewAt(file, directory, 2))?.getUint16(0, littleEndian) ?? 0;
  const entries = await viewAt(file, directory + 2, 12 * Math.min(count, MOST_TIFF_ENTRIES));
  if (entries === undefined) return undefined;
  const offsets = new Map<number, number>();
  for (let at = 0; at + 12 <= entries.byteLength; at += 12) offsets.set(entries.getUint16(at, littleEndian), at + 8);
  const unitAt = offsets.get(tiffTags.unit);
  const unitMm = millimetresPerTiffUnit.get(unitAt === undefined ? 2 : entries.getUint16(unitAt, littleEndian));
  const [w, h] = await Promise.all(
    [tiffTags.w, tiffTags.h].map(async (tag) => {
      const at = offsets.get(tag);
      const ratio = at === undefined ? undefined : await viewAt(file, entries.getUint32(at, littleEndian), 8);
      return ratio === undefined ? 0 : ratio.getUint32(0, littleEndian) / ratio.getUint32(4, littleEndian);
    }),
  );
  return unitMm === undefined ? undefined : { w: unitMm / w, h: unitMm / h };
}

async function viewAt({ handle }: RegularFile, position: number, bytes: number): Promise<DataView | undefined> {
  const buffer = new Uint8Array(bytes);
  return (await readInto(handle, buffer, position)) === bytes ? new DataView(buffer.buffer) : undefined;
}
