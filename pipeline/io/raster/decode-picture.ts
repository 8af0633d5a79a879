import { FormatError } from "../../volume/errors.ts";
import type { VoxelArray } from "../../volume/volume.ts";

/** What a picture's header says. */
export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  /** Without opacity: 1 for gray, 3 for colour. */
  readonly channels: 1 | 3;
  readonly depth: "uint8" | "uint16" | "float32";
  readonly hasAlpha: boolean;
  /** EXIF orientation, 1 where the picture is stored as it is seen. */
  readonly exifOrientation: number;
  /** Pictures in the file. */
  readonly pages: number;
  readonly format: string;
  /** Whether a PNG file stores indices into a list of colours. */
  readonly isPalette: boolean;
}

/** How samples come out of the decoder; what is none of these is handed over as real numbers. */
const depths = { uchar: "uint8", ushort: "uint16" } as const;

/**
 * Reads a picture's header.
 *
 * Errors: FormatError P_PICTURE
 */
export async function pictureFactsOf(path: string): Promise<PictureFacts> {
  const { sharp } = await pictureLibrary();
  const facts = await sharp(path, { failOn: "warning" })
    .metadata()
    .catch(() => {
      throw pictureError(path);
    });
  const { width, height, channels, depth, hasAlpha, orientation = 1, pages = 1, format, isPalette } = facts;
  const known = depths[depth as keyof typeof depths] ?? "float32";
  const isGray = channels - (hasAlpha ? 1 : 0) === 1;
  return {
    width,
    height,
    channels: isGray ? 1 : 3,
    depth: known,
    hasAlpha,
    exifOrientation: orientation,
    pages,
    format,
    isPalette: isPalette === true && format === "png",
  };
}

/** What of a picture's header its decoding needs. */
export type PictureSize = Pick<PictureFacts, "width" | "height" | "channels" | "depth">;

/**
 * Decodes a picture, or its bytes, into one array per channel; the caller has checked that it is not too large.
 *
 * Shape:  [height, width] each
 * Errors: FormatError P_PICTURE for a damaged or truncated file
 */
export async function decodePicture(
  path: string,
  { width, height, channels, depth }: PictureSize,
  bytes?: Uint8Array,
): Promise<readonly VoxelArray[]> {
  const isWide = depth === "uint16";
  const space = channels === 1 ? (isWide ? "grey16" : "b-w") : isWide ? "rgb16" : "srgb";
  const rawDepth = { uint8: "uchar", uint16: "ushort", float32: "float" } as const;
  const { sharp } = await pictureLibrary();
  const { data, info } = await sharp(bytes ?? path, { failOn: "warning", limitInputPixels: width * height })
    .removeAlpha()
    .toColourspace(space)
    .raw({ depth: rawDepth[depth] })
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw pictureError(path);
    });
  const sampleBytes = { uint8: 1, uint16: 2, float32: 4 }[depth];
  if (info.channels !== channels || data.length !== width * height * channels * sampleBytes) throw pictureError(path);
  const aligned = data.byteOffset % sampleBytes === 0 ? data : Uint8Array.from(data);
  const samples = new { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array }[depth](
    aligned.buffer,
    aligned.byteOffset,
    width * height * channels,
  );
  return channels === 1 ? [samples] : [0, 1, 2].map((channel) => everyThird(samples, channel));
}

/** Not before somebody reads a picture: it is a third of what a parsing child loads. */
function pictureLibrary() {
  return import("../sharp.ts");
}

function everyThird(samples: VoxelArray, first: number): VoxelArray {
  const channel = samples.slice(0, samples.length / 3);
  for (let i = 0; i < channel.length; i++) channel[i] = samples[3 * i + first];
  return channel;
}

function pictureError(where: string): FormatError {
  return new FormatError({
    code: "P_PICTURE",
    where,
    expected: "an intact PNG, JPEG or TIFF picture",
    got: "a damaged or truncated one",
    next: "Copy or export it again",
  });
}
