import createCodec from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import { readWithItk } from "../../itk/itk-wasm.ts";
import {
  assertHeaderFits,
  type CompressedFrame,
  codecError,
  type DecodedFrame,
  type DecodeFrame,
  decodeWith,
} from "./codec.ts";
import { jpegHeaderOf } from "./jpeg-header.ts";
import { wasmOptions } from "./wasm-options.ts";

let loading: ReturnType<typeof createCodec> | undefined;

/** JPEG baseline and extended: 8 bits by libjpeg-turbo, 12 bits by GDCM. */
export const decodeJpeg: DecodeFrame = async (frame) => {
  const header = assertHeaderFits(frame, jpegHeaderOf(frame.bytes));
  if (header.bits > 8) return decodeWithGdcm(frame);
  loading ??= createCodec(wasmOptions("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm"));
  const { JPEGDecoder } = await loading;
  return decodeWith(new JPEGDecoder(), frame, header);
};

/** GDCM reads whole files and scales what it reads; the stored values are what it started from. */
async function decodeWithGdcm(frame: CompressedFrame): Promise<DecodedFrame> {
  const { file, rows, columns, samplesPerPixel, rescale } = frame;
  const { data } = await readWithItk("gdcm", file, { headerOnly: false });
  const scaled = data as unknown as ArrayLike<number>;
  const length = rows * columns * samplesPerPixel;
  const first = frame.frame * length;
  if (scaled.length < first + length)
    throw codecError(frame, { expected: `${length} samples`, got: `${scaled.length} in the whole file` });
  const stored = Uint16Array.from({ length }, (_, i) =>
    Math.round((scaled[first + i] - rescale.intercept) / rescale.slope),
  );
  return { bytes: new Uint8Array(stored.buffer), bytesPerSample: 2, isRgb: samplesPerPixel === 3 };
}
