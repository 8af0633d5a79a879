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
 * Empty:  a constant volume of fractions gets slope 1 and comes back exactly
 * Errors: FormatError when a voxel is not finite
 */
export function storedPixelsOf({ data }: Volume, where: string): StoredPixels {
  const scale = scaleOf(rangeOf(data, where));
  const { slope, intercept, isSigned } = scale;
  const bytesOf = (start: number, stop: number) => {
    const pixels = new Uint16Array(stop - start);
    for (let i = start; i < stop; i++) {
      const pixel = Math.round((data[i] - intercept) / slope);
      // Negative pixels wrap into two's complement here.
      pixels[i - start] = isSigned ? pixel : Math.min(LARGEST_PIXEL, Math.max(0, pixel));
    }
    return new Uint8Array(pixels.buffer);
  };
  return { ...scale, bytesOf };
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

function scaleOf({ least, most, isWhole }: Range): Omit<StoredPixels, "bytesOf"> {
  const exact = { slope: 1, intercept: 0, isSigned: false, isExact: true };
  if (isWhole && least >= 0 && most <= LARGEST_PIXEL) return exact;
  if (isWhole && least >= -32768 && most <= 32767) return { ...exact, isSigned: true };
  const intercept = wireNumber(least);
  if (most === least || (isWhole && most - least <= LARGEST_PIXEL && intercept === least))
    return { ...exact, intercept };
  return { slope: wireNumber((most - least) / LARGEST_PIXEL), intercept, isSigned: false, isExact: false };
}

function rangeOf(data: Volume["data"], where: string): Range {
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
