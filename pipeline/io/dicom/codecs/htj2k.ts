import createCodec from "@cornerstonejs/codec-openjph/wasmjs";
import { assertHeaderFits, type DecodeFrame, decodeWith } from "./codec.ts";
import { jpeg2000HeaderOf } from "./jpeg-2000-header.ts";
import { wasmOptions } from "./wasm-options.ts";

let loading: ReturnType<typeof createCodec> | undefined;

/** High-throughput JPEG 2000, by OpenJPH. */
export const decodeHtj2k: DecodeFrame = async (frame) => {
  const header = assertHeaderFits(frame, jpeg2000HeaderOf(frame.bytes));
  loading ??= createCodec(wasmOptions("@cornerstonejs/codec-openjph/wasm"));
  const { HTJ2KDecoder } = await loading;
  return decodeWith(new HTJ2KDecoder(), frame, header);
};
