import { dicomError } from "../faults.ts";
import type { Rescale } from "../image.ts";

/** One compressed frame, and what it has to contain. */
export interface CompressedFrame {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly bitsAllocated: number;
  /** Where the frame comes from: its file, its number counted from 0, and how that file's stored values are scaled. */
  readonly file: string;
  readonly frame: number;
  readonly rescale: Rescale;
  /** File and frame, for messages. */
  readonly where: string;
}

/** Samples of one frame, pixel after pixel: bytes, or two bytes little endian. */
export interface DecodedFrame {
  readonly bytes: Uint8Array;
  readonly bytesPerSample: 1 | 2;
  /** Whether colour came out as RGB, whatever it was inside. */
  readonly isRgb: boolean;
}

/** What a compressed frame says of itself. */
export interface FrameHeader {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bits: number;
}

/**
 * Decodes one frame.
 *
 * Errors: FormatError D_CODEC, D_RLE
 */
export type DecodeFrame = (frame: CompressedFrame) => Promise<DecodedFrame>;

/** The refusal of a compressed frame. */
export function codecError({ where }: CompressedFrame, { expected, got }: { expected: string; got: string }): Error {
  const next = "The file is damaged, or its header does not belong to its pixels; export it again";
  return dicomError(where, { code: "D_CODEC", expected, got, next });
}

/**
 * Compares what the compressed frame says with what the DICOM header says, before a decoder takes memory for either.
 *
 * Errors: FormatError D_CODEC
 */
export function assertHeaderFits(frame: CompressedFrame, header: FrameHeader | undefined): FrameHeader {
  const { rows, columns, samplesPerPixel } = frame;
  const expected = `${rows} x ${columns} pixels of ${samplesPerPixel} samples, at most 16 bits each`;
  if (header === undefined) throw codecError(frame, { expected, got: "no such image" });
  const { bits, samples } = header;
  const fits = header.rows === rows && header.columns === columns && samples === samplesPerPixel && bits <= 16;
  if (fits) return header;
  throw codecError(frame, {
    expected,
    got: `${header.rows} x ${header.columns} of ${samples} samples, ${bits} bits each`,
  });
}

/** A decoder as Emscripten exports the C++ classes of the cornerstone codec packages. */
export interface EmscriptenDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  delete(): void;
}

/**
 * Runs such a decoder; whatever it throws is the frame's fault.
 *
 * Errors: FormatError D_CODEC
 */
export function decodeWith(decoder: EmscriptenDecoder, frame: CompressedFrame, { bits }: FrameHeader): DecodedFrame {
  const bytesPerSample = bits > 8 ? 2 : 1;
  const wanted = frame.rows * frame.columns * frame.samplesPerPixel * bytesPerSample;
  try {
    decoder.getEncodedBuffer(frame.bytes.length).set(frame.bytes);
    decoder.decode();
    // A copy: the decoder's memory is gone with the decoder.
    const bytes = decoder.getDecodedBuffer().slice();
    if (bytes.length === wanted) return { bytes, bytesPerSample, isRgb: frame.samplesPerPixel === 3 };
  } catch {
    // Emscripten throws numbers and strings without meaning.
  } finally {
    decoder.delete();
  }
  throw codecError(frame, { expected: `a frame that decodes to ${wanted} bytes`, got: "a damaged one" });
}
