import { Decoder } from "jpeg-lossless-decoder-js";
import { assertHeaderFits, codecError, type DecodeFrame } from "./codec.ts";
import { jpegHeaderOf } from "./jpeg-header.ts";

/** JPEG lossless, processes 14 and 14 SV1. */
export const decodeJpegLossless: DecodeFrame = async (frame) => {
  const { bytes, rows, columns, samplesPerPixel } = frame;
  const { bits } = assertHeaderFits(frame, jpegHeaderOf(bytes));
  const bytesPerSample = bits > 8 ? 2 : 1;
  const wanted = rows * columns * samplesPerPixel * bytesPerSample;
  try {
    const decoded = new Uint8Array(new Decoder().decompress(new Uint8Array(bytes).buffer));
    if (decoded.length === wanted) return { bytes: decoded, bytesPerSample, isRgb: false };
  } catch {
    // The decoder's own messages say nothing to a reader.
  }
  throw codecError(frame, { expected: `a frame that decodes to ${wanted} bytes`, got: "a damaged one" });
};
