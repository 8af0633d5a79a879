import type { Codec } from "../transfer-syntaxes.ts";
import type { DecodeFrame } from "./codec.ts";

/** How frames of each compression are decoded; a decoder is loaded when the first frame asks for it. */
export const codecs: Readonly<Record<Codec, DecodeFrame>> = {
  rle: async (frame) => (await import("./rle.ts")).decodeRle(frame),
  jpeg: async (frame) => (await import("./jpeg.ts")).decodeJpeg(frame),
  "jpeg-lossless": async (frame) => (await import("./jpeg-lossless.ts")).decodeJpegLossless(frame),
  "jpeg-ls": async (frame) => (await import("./jpeg-ls.ts")).decodeJpegLs(frame),
  "jpeg-2000": async (frame) => (await import("./jpeg-2000.ts")).decodeJpeg2000(frame),
  htj2k: async (frame) => (await import("./htj2k.ts")).decodeHtj2k(frame),
};
