import { codecs } from "./codecs/codecs.ts";
import { attributeOf } from "./dictionary.ts";
import { dicomError } from "./faults.ts";
import { compressedFramesOf } from "./frame-bytes.ts";
import type { DicomImage } from "./image.ts";
import { rescaleIn } from "./plane-and-rescale.ts";
import { type StoredSamples, samplesOf } from "./stored-samples.ts";

/** Reads the frames of one image, one at a time. */
export interface FrameReader {
  /**
   * Stored values of a frame, counted from 0, before the rescale.
   *
   * Shape:  [rows, columns, samples]; colour is RGB
   * Errors: FormatError D_CODEC, D_RLE, D_FRAGMENTS, D_NONFINITE
   */
  readonly frame: (index: number) => Promise<StoredSamples>;
}

/** What is needed of an image to read its frames. */
export type FramesSource = Pick<DicomImage, "where" | "dataSet" | "rows" | "columns" | "frames" | "format">;

/** A reader of an image's frames; the file has to be at hand from end to end. `onOverlayBits` hears of bits cut off. */
export function frameReader(
  image: FramesSource,
  { onOverlayBits }: { readonly onOverlayBits?: () => void } = {},
): FrameReader {
  const { codec } = image.dataSet.transferSyntax;
  if (codec !== undefined) return compressedReader(image, codec);
  assertNativeColour(image);
  return { frame: async (index) => samplesOf(nativeFrame(image, index), image, { isRgb: false, onOverlayBits }) };
}

function nativeFrame({ dataSet, rows, columns, format }: FramesSource, index: number) {
  const values = rows * columns * format.samplesPerPixel;
  const bytesPerSample = format.bitsAllocated / 8;
  const start = (dataSet.pixels?.offset ?? 0) + index * values * bytesPerSample;
  const bytes = dataSet.source.byteArray as Uint8Array;
  const littleEndian = dataSet.transferSyntax.littleEndian;
  return { bytes: bytes.subarray(start, start + values * bytesPerSample), bytesPerSample, littleEndian };
}

function compressedReader(image: FramesSource, codec: keyof typeof codecs): FrameReader {
  const { dataSet, rows, columns, frames, format, where } = image;
  const compressed = compressedFramesOf(dataSet, frames);
  const { bitsAllocated, samplesPerPixel } = format;
  const rescale = rescaleIn(dataSet) ?? { slope: 1, intercept: 0 };
  const common = { rows, columns, samplesPerPixel, bitsAllocated, file: dataSet.where, rescale };
  return {
    frame: async (index) => {
      const place = { frame: index, where: `${where} frame ${index + 1}` };
      const { bytes, bytesPerSample, isRgb } = await codecs[codec]({ ...common, ...place, bytes: compressed[index] });
      // Whatever the planar configuration says, these decoders give pixel after pixel.
      return samplesOf({ bytes, bytesPerSample, littleEndian: true }, interleaved(image), { isRgb });
    },
  };
}

function interleaved(image: FramesSource): FramesSource {
  return { ...image, format: { ...image.format, planar: false } };
}

/** Subsampled colour takes fewer bytes than its pixels; without a codec nobody writes it any more. */
function assertNativeColour({ where, format }: FramesSource): void {
  if (format.photometric !== "YBR_FULL_422") return;
  throw dicomError(where, {
    code: "D_PHOTOMETRIC",
    expected: "RGB or YBR_FULL in uncompressed pixels",
    got: format.photometric,
    tag: attributeOf("PhotometricInterpretation").tag,
  });
}
