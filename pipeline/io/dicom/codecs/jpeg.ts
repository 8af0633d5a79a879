import createCodec from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { assertHeaderFits, codecError, type DecodeFrame, decodeWith } from "./codec.ts";
import { jpegHeaderOf } from "./jpeg-header.ts";
import { wasmOptions } from "./wasm-options.ts";

let loading: ReturnType<typeof createCodec> | undefined;

/** JPEG baseline and extended with 8 bits, by libjpeg-turbo. */
export const decodeJpeg: DecodeFrame = async (frame) => {
  const header = assertHeaderFits(frame, jpegHeaderOf(frame.bytes));
  if (header.bits > 8)
    throw codecError(frame, {
      expected: "lossy JPEG of 8 bits",
      got: `${header.bits} bits; convert it with dcmdjpeg first`,
    });
  loading ??= createCodec(wasmOptions("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm"));
  const { JPEGDecoder } = await loading;
  return decodeWith(new JPEGDecoder(), frame, header);
};
