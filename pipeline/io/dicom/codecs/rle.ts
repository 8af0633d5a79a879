import { dicomError } from "../faults.ts";
import type { CompressedFrame, DecodeFrame } from "./codec.ts";

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/**
 * DICOM's run-length encoding: one segment per byte of a sample, the most significant first.
 *
 * Errors: FormatError D_RLE
 * Source: DICOM PS3.5 annex G
 */
export const decodeRle: DecodeFrame = async (frame) => {
  const { rows, columns, samplesPerPixel, bitsAllocated } = frame;
  const bytesPerSample = bitsAllocated / 8;
  if (bytesPerSample !== 1 && bytesPerSample !== 2)
    throw rleError(frame, { expected: "8 or 16 bits allocated", got: String(bitsAllocated) });
  const pixels = rows * columns;
  const segments = segmentsOf(frame, samplesPerPixel * bytesPerSample);
  const pixelBytes = samplesPerPixel * bytesPerSample;
  const bytes = new Uint8Array(pixels * pixelBytes);
  for (const [s, segment] of segments.entries()) {
    const sample = Math.floor(s / bytesPerSample);
    const significance = bytesPerSample - 1 - (s % bytesPerSample);
    unpackInto(bytes, segment, { frame, start: sample * bytesPerSample + significance, step: pixelBytes });
  }
  return { bytes, bytesPerSample, isRgb: false };
};

function segmentsOf(frame: CompressedFrame, wanted: number): readonly Uint8Array[] {
  const { bytes } = frame;
  if (bytes.length < HEADER_BYTES)
    throw rleError(frame, { expected: `a header of ${HEADER_BYTES} bytes`, got: `${bytes.length}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count !== wanted || count > MOST_SEGMENTS)
    throw rleError(frame, { expected: `${wanted} segments`, got: String(count) });
  const offsets = Array.from({ length: count }, (_, s) => view.getUint32(4 + 4 * s, true));
  return offsets.map((offset, s) => {
    const end = offsets[s + 1] ?? bytes.length;
    if (offset < HEADER_BYTES || offset > end || end > bytes.length)
      throw rleError(frame, {
        expected: "segments one after the other in the frame",
        got: `one from ${offset} to ${end}`,
      });
    return bytes.subarray(offset, end);
  });
}

interface Target {
  readonly frame: CompressedFrame;
  readonly start: number;
  readonly step: number;
}

function unpackInto(output: Uint8Array, packed: Uint8Array, { frame, start, step }: Target): void {
  let to = start;
  let at = 0;
  while (to < output.length && at < packed.length) {
    const control = packed[at++];
    if (control < 128) {
      const end = Math.min(at + control + 1, packed.length);
      for (; at < end && to < output.length; to += step) output[to] = packed[at++];
    } else if (control > 128) {
      const value = packed[at++];
      for (let n = 257 - control; n > 0 && to < output.length; n--, to += step) output[to] = value;
    }
  }
  if (to < output.length)
    throw rleError(frame, { expected: "a value for every pixel", got: "a segment that ends early" });
}

function rleError({ where }: CompressedFrame, { expected, got }: { expected: string; got: string }): Error {
  return dicomError(where, { code: "D_RLE", expected, got, next: "The file is damaged; copy it again" });
}
