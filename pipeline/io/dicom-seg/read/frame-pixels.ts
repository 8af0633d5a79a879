import { FormatError } from "../../../volume/errors.ts";
import type { Warning } from "../../../volume/scan.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";
import { frameReader } from "../../dicom/read-frames.ts";
import type { FramePixels } from "./frames-to-labels.ts";
import type { StoredSegmentation } from "./stored-segmentation.ts";

/**
 * Reads a segmentation's frames one at a time; compressed ones too, but for single bits, which no codec holds.
 *
 * Errors: FormatError D_PIXEL_SHORT when the pixels are fewer than the frames need; D_TS_UNSUPPORTED; the codecs' own
 */
export function framePixelsOf(dataSet: DicomDataSet, stored: StoredSegmentation): FramePixels {
  const { rows, columns, bitsAllocated, frames, where } = stored;
  const { codec, littleEndian, name } = dataSet.transferSyntax;
  if (codec === undefined) assertPixelBytes(dataSet, stored);
  if (bitsAllocated !== 1) {
    const bits = { bitsAllocated, bitsStored: bitsAllocated, highBit: bitsAllocated - 1, signed: false } as const;
    const layout = { kind: "integer", samplesPerPixel: 1, planar: false, photometric: "MONOCHROME2" } as const;
    return frameReader({ where, dataSet, rows, columns, frames: frames.length, format: { ...bits, ...layout } }).frame;
  }
  if (codec === undefined && littleEndian) return unpacking(pixelBytesOf(dataSet), rows * columns);
  throw new FormatError({
    code: "D_TS_UNSUPPORTED",
    where,
    expected: "single bits stored as they are, little endian",
    got: name,
    next: "Export the segmentation without compression",
  });
}

/** Bytes behind the last frame, which nothing reads; undefined where there are none but the one that pads. */
export function extraPixelsWarning({ pixels }: DicomDataSet, stored: StoredSegmentation): Warning | undefined {
  const extra = (pixels?.length ?? 0) - neededBytesOf(stored);
  if (extra <= 1) return undefined;
  return { code: "D_PIXEL_EXTRA", where: stored.where, text: `${extra} bytes behind the last pixel are ignored` };
}

/** Before anything is allocated for them. */
function assertPixelBytes(dataSet: DicomDataSet, stored: StoredSegmentation): void {
  const { rows, columns, frames, where } = stored;
  const needed = Math.max(dataSet.pixels?.length ?? 0, neededBytesOf(stored));
  const found = pixelBytesOf(dataSet).length;
  if (found >= needed) return;
  throw new FormatError({
    code: "D_PIXEL_SHORT",
    where,
    expected: `${needed} bytes for ${frames.length} x ${rows} x ${columns} pixels`,
    got: `${found}`,
    next: "The file is truncated; copy it again",
  });
}

function neededBytesOf({ rows, columns, bitsAllocated, frames }: StoredSegmentation): number {
  return Math.ceil((rows * columns * bitsAllocated * frames.length) / 8);
}

/** As many as the file has of those that it declares. */
function pixelBytesOf({ source, pixels }: DicomDataSet): Uint8Array {
  const start = pixels?.offset ?? 0;
  return source.byteArray.subarray(start, start + (pixels?.length ?? 0));
}

/** Bits of a frame, which may begin inside a byte; lowest bit first. Source: DICOM PS3.5 8.1.1 */
function unpacking(bytes: Uint8Array, area: number): FramePixels {
  const frameBits = new Uint8Array(area);
  return async (frame) => {
    // A bit's number may pass 2^31, so bytes and bits are counted apart.
    const firstByte = Math.floor((frame * area) / 8);
    const firstBit = (frame * area) % 8;
    frameBits.fill(0);
    for (let byte = 0; 8 * byte < firstBit + area; byte++) {
      const eight = bytes[firstByte + byte];
      if (eight === 0) continue;
      for (let bit = 0; bit < 8; bit++) {
        const pixel = 8 * byte + bit - firstBit;
        if (((eight >> bit) & 1) === 1 && pixel >= 0 && pixel < area) frameBits[pixel] = 1;
      }
    }
    return frameBits;
  };
}
