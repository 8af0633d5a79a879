import type { Codec } from "../transfer-syntaxes.ts";
import type { DecodeFrame } from "./codec.ts";
import { decodeHtj2k } from "./htj2k.ts";
import { decodeJpeg } from "./jpeg.ts";
import { decodeJpeg2000 } from "./jpeg-2000.ts";
import { decodeJpegLossless } from "./jpeg-lossless.ts";
import { decodeJpegLs } from "./jpeg-ls.ts";
import { decodeRle } from "./rle.ts";

/** How frames of each compression are decoded. */
export const codecs: Readonly<Record<Codec, DecodeFrame>> = {
  rle: decodeRle,
  jpeg: decodeJpeg,
  "jpeg-lossless": decodeJpegLossless,
  "jpeg-ls": decodeJpegLs,
  "jpeg-2000": decodeJpeg2000,
  htj2k: decodeHtj2k,
};
