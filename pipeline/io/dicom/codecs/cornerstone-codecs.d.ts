// These packages come without types.
interface CornerstoneDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  delete(): void;
}

interface CodecOptions {
  readonly wasmBinary: Uint8Array;
  readonly print: () => void;
  readonly printErr: () => void;
}

declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs" {
  export default function createCodec(
    options: CodecOptions,
  ): Promise<{ readonly JPEGDecoder: new () => CornerstoneDecoder }>;
}

declare module "@cornerstonejs/codec-charls/decodewasmjs" {
  export default function createCodec(
    options: CodecOptions,
  ): Promise<{ readonly JpegLSDecoder: new () => CornerstoneDecoder }>;
}

declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  export default function createCodec(
    options: CodecOptions,
  ): Promise<{ readonly J2KDecoder: new () => CornerstoneDecoder }>;
}

declare module "@cornerstonejs/codec-openjph/wasmjs" {
  export default function createCodec(
    options: CodecOptions,
  ): Promise<{ readonly HTJ2KDecoder: new () => CornerstoneDecoder }>;
}

declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    decompress(bytes: ArrayBuffer): ArrayBuffer;
  }
}
