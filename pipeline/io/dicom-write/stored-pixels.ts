import { FormatError } from "../../volume/errors.ts";
import type { Volume } from "../../volume/volume.ts";

/** How voxels become 16-bit pixels: `voxel = slope * pixel + intercept`. */
export interface StoredPixels {
  readonly slope: number;
  readonly intercept: number;
  readonly isSigned: boolean;
  /** Whether every voxel comes back exactly. */
  readonly isExact: boolean;
  /** Little-endian pixels of the voxels from `start` to `stop`. */
  readonly bytesOf: (start: number, stop: number) => Uint8Array;
}

const LARGEST_PIXEL = 65535;

/**
 * The 16-bit pixels that hold a volume: its own numbers where they fit, else its range spread over all of them.
 *
 * Empty:  a constant volume of fractions gets slope 1
 * Errors: FormatError when a voxel is not finite
 */
export function storedPixelsOf({ data }: Volume, where: string): StoredPixels {
  const { least, most, isWhole } = rangeOf(data, where);
  const isSigned = isWhole && least >= -32768 && most <= 32767 && least < 0;
  const isUnsigned = isWhole && least >= 0 && most <= LARGEST_PIXEL;
  const isExact = isSigned || isUnsigned;
  const slope = isExact || most === least ? 1 : wireNumber((most - least) / LARGEST_PIXEL);
  const intercept = isExact ? 0 : wireNumber(least);
  const bytesOf = (start: number, stop: number) => {
    const pixels = new Uint16Array(stop - start);
    for (let i = start; i < stop; i++) {
      const pixel = Math.round((data[i] - intercept) / slope);
      // Negative pixels wrap into two's complement here.
      pixels[i - start] = isSigned ? pixel : Math.min(LARGEST_PIXEL, Math.max(0, pixel));
    }
    return new Uint8Array(pixels.buffer);
  };
  return { slope, intercept, isSigned, isExact, bytesOf };
}

function rangeOf(data: Volume["data"], where: string): { least: number; most: number; isWhole: boolean } {
  let least = Infinity;
  let most = -Infinity;
  let isWhole = true;
  for (const value of data) {
    if (!Number.isFinite(value)) throw notFinite(where);
    if (value < least) least = value;
    if (value > most) most = value;
    if (isWhole && !Number.isInteger(value)) isWhole = false;
  }
  return { least, most, isWhole };
}

/** The number that 16 characters can carry, so that writer and reader compute with the same one. */
function wireNumber(value: number): number {
  return Number(value.toPrecision(9));
}

function notFinite(where: string): FormatError {
  return new FormatError({
    code: "W_NONFINITE",
    where,
    expected: "finite voxels",
    got: "NaN or infinity",
    next: "Replace them before writing DICOM",
  });
}
