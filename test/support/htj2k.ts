import createCodec from "@cornerstonejs/codec-openjph/wasmjs";
import { wasmOptions } from "../../pipeline/io/dicom/codecs/wasm-options.ts";

/** What the encoder is told of an image. */
export interface Htj2kImage {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: 1 | 3;
  readonly isSigned: boolean;
}

interface Encoder {
  getDecodedBuffer(image: Htj2kImage & { readonly isUsingColorTransform: boolean }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  setQuality(lossless: boolean, step: number): void;
  delete(): void;
}

/** A lossless high-throughput JPEG 2000 codestream by OpenJPH; samples side by side, 16 bits little endian above 8. */
export async function encodeHtj2k(samples: Uint8Array, image: Htj2kImage): Promise<Buffer> {
  const codec = await createCodec(wasmOptions("@cornerstonejs/codec-openjph/wasm"));
  const { HTJ2KEncoder } = codec as unknown as { readonly HTJ2KEncoder: new () => Encoder };
  const encoder = new HTJ2KEncoder();
  encoder.getDecodedBuffer({ ...image, isUsingColorTransform: image.componentCount === 3 }).set(samples);
  encoder.setQuality(true, 0);
  encoder.encode();
  const encoded = Buffer.from(encoder.getEncodedBuffer());
  encoder.delete();
  return encoded.length % 2 === 0 ? encoded : Buffer.concat([encoded, Buffer.alloc(1)]);
}
