import createCodec from "@cornerstonejs/codec-charls/decode";
import { assertHeaderFits, type DecodeFrame, decodeWith } from "./codec.ts";
import { jpegHeaderOf } from "./jpeg-header.ts";

let loading: ReturnType<typeof createCodec> | undefined;

/** JPEG-LS, lossless and near lossless, by CharLS. */
export const decodeJpegLs: DecodeFrame = async (frame) => {
  const header = assertHeaderFits(frame, jpegHeaderOf(frame.bytes));
  loading ??= createCodec();
  const { JpegLSDecoder } = await loading;
  return { ...decodeWith(new JpegLSDecoder(), frame, header), isRgb: false };
};
