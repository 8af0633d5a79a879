import createCodec from "@cornerstonejs/codec-charls/decodewasmjs";
import { assertHeaderFits, type DecodeFrame, decodeWith } from "./codec.ts";
import { jpegHeaderOf } from "./jpeg-header.ts";
import { wasmOptions } from "./wasm-options.ts";

let loading: ReturnType<typeof createCodec> | undefined;

/** JPEG-LS, lossless and near lossless, by CharLS. */
export const decodeJpegLs: DecodeFrame = async (frame) => {
  const header = assertHeaderFits(frame, jpegHeaderOf(frame.bytes));
  loading ??= createCodec(wasmOptions("@cornerstonejs/codec-charls/decodewasm"));
  const { JpegLSDecoder } = await loading;
  return { ...decodeWith(new JpegLSDecoder(), frame, header), isRgb: false };
};
