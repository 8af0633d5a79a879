import createCodec from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { assertHeaderFits, type DecodeFrame, decodeWith } from "./codec.ts";
import { jpeg2000HeaderOf } from "./jpeg-2000-header.ts";
import { wasmOptions } from "./wasm-options.ts";

let loading: ReturnType<typeof createCodec> | undefined;

/** JPEG 2000, reversible and irreversible, by OpenJPEG. */
export const decodeJpeg2000: DecodeFrame = async (frame) => {
  const header = assertHeaderFits(frame, jpeg2000HeaderOf(frame.bytes));
  loading ??= createCodec(wasmOptions("@cornerstonejs/codec-openjpeg/decodewasm"));
  const { J2KDecoder } = await loading;
  return decodeWith(new J2KDecoder(), frame, header);
};
