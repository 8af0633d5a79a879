// These packages come without types.
interface CornerstoneDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  delete(): void;
}

declare module "@cornerstonejs/codec-libjpeg-turbo-8bit/decode" {
  export default function createCodec(): Promise<{ readonly JPEGDecoder: new () => CornerstoneDecoder }>;
}

declare module "@cornerstonejs/codec-charls/decode" {
  export default function createCodec(): Promise<{ readonly JpegLSDecoder: new () => CornerstoneDecoder }>;
}

declare module "@cornerstonejs/codec-openjpeg/decode" {
  export default function createCodec(): Promise<{ readonly J2KDecoder: new () => CornerstoneDecoder }>;
}

declare module "@cornerstonejs/codec-openjph" {
  export default function createCodec(): Promise<{ readonly HTJ2KDecoder: new () => CornerstoneDecoder }>;
}

declare module "jpeg-lossless-decoder-js" {
  export class Decoder {
    decompress(bytes: ArrayBuffer): ArrayBuffer;
  }
}
