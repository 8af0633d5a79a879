import { endianness } from "node:os";
import type { DicomImage, PixelFormat } from "./image.ts";

/** Stored values, in the smallest type that holds what the header says they are. */
export type StoredSamples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float64Array;

const hostIsLittleEndian = endianness() === "LE";

/** Bytes of samples, pixel after pixel unless the format says planar. */
export interface SampleBytes {
  readonly bytes: Uint8Array;
  readonly bytesPerSample: number;
  readonly littleEndian: boolean;
}

/**
 * Samples as the header describes them: bits above those stored are cut off, signs extended, MONOCHROME1 turned round,
 * colour made RGB.
 *
 * Shape:  bytes -> [rows, columns, samples]
 * Source: DICOM PS3.5 section 8.1.1, PS3.3 C.7.6.3.1.2
 */
export function samplesOf(
  source: SampleBytes,
  { format }: Pick<DicomImage, "format">,
  { isRgb, onOverlayBits = () => {} }: { readonly isRgb: boolean; readonly onOverlayBits?: (() => void) | undefined },
): StoredSamples {
  const raw = rawSamples(source, format);
  if (format.kind !== "integer") return raw;
  const values = withoutOverlayBits(raw, format, onOverlayBits);
  if (format.samplesPerPixel === 3) return isRgb ? values : rgbOf(sideBySide(values, format), format);
  return format.photometric === "MONOCHROME1" ? turnedRound(values, format) : values;
}

function rawSamples(
  { bytes, bytesPerSample, littleEndian }: SampleBytes,
  { kind, signed }: PixelFormat,
): StoredSamples {
  const count = bytes.length / bytesPerSample;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === "float") return Float64Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, littleEndian));
  if (kind === "double") return Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, littleEndian));
  if (bytesPerSample === 1) return signed ? new Int8Array(bytes) : new Uint8Array(bytes);
  if (bytesPerSample === 2) return shorts({ bytes, bytesPerSample, littleEndian }, signed ? Int16Array : Uint16Array);
  const wide = signed ? new Int32Array(count) : new Uint32Array(count);
  for (let i = 0; i < count; i++) wide[i] = view.getInt32(4 * i, littleEndian);
  return wide;
}

/** A view of the file's own bytes where they lie well and the right way round, else a copy. */
function shorts(
  { bytes, littleEndian }: SampleBytes,
  Kind: Int16ArrayConstructor | Uint16ArrayConstructor,
): StoredSamples {
  const count = bytes.length / 2;
  if (littleEndian && hostIsLittleEndian && bytes.byteOffset % 2 === 0)
    return new Kind(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
  const copy = Buffer.from(bytes);
  if (littleEndian !== hostIsLittleEndian) copy.swap16();
  return new Kind(Uint8Array.from(copy).buffer, 0, count);
}

/** Old scanners keep overlays in the bits above those stored; decoders give the stored bits alone, at the bottom. */
function withoutOverlayBits(
  raw: StoredSamples,
  { bitsStored, highBit, signed }: PixelFormat,
  onOverlayBits: () => void,
): StoredSamples {
  if (bitsStored >= raw.BYTES_PER_ELEMENT * 8) return raw;
  const lowBit = highBit + 1 - bitsStored;
  if (lowBit === 0 && fillNoMoreBits(raw, { bitsStored, signed })) return raw;
  const above = 32 - bitsStored;
  const values = raw.slice();
  const stored = 2 ** bitsStored - 1;
  let isForeign = false;
  for (let i = 0; i < raw.length; i++) {
    const shifted = signed ? raw[i] >> lowBit : raw[i] >>> lowBit;
    const value = signed ? (shifted << above) >> above : (shifted << above) >>> above;
    // Bits above those stored may be 0, or repeat the sign.
    if (shifted !== value && shifted !== (shifted & stored)) isForeign = true;
    values[i] = value;
  }
  if (isForeign) onOverlayBits();
  return values;
}

/** Whether nothing but signs lies above the bits stored: so it is in most files, whose values are used as they are. */
function fillNoMoreBits(
  values: StoredSamples,
  { bitsStored, signed }: Pick<PixelFormat, "bitsStored" | "signed">,
): boolean {
  let used = 0;
  for (let i = 0; i < values.length; i++) used |= signed ? values[i] ^ (values[i] >> 31) : values[i];
  return used >>> (signed ? bitsStored - 1 : bitsStored) === 0;
}

/** Small values are bright in MONOCHROME1; networks and people expect the opposite. */
function turnedRound(stored: StoredSamples, { bitsStored, signed }: PixelFormat): StoredSamples {
  const values = stored.slice();
  const sum = signed ? -1 : 2 ** bitsStored - 1;
  for (let i = 0; i < values.length; i++) values[i] = sum - values[i];
  return values;
}

function sideBySide(values: StoredSamples, { planar }: PixelFormat): StoredSamples {
  if (!planar) return values;
  const area = values.length / 3;
  const mixed = values.slice();
  for (let c = 0; c < 3; c++) for (let i = 0; i < area; i++) mixed[3 * i + c] = values[c * area + i];
  return mixed;
}

/** Source: DICOM PS3.3 C.7.6.3.1.2, YBR_FULL: full range, luminance of ITU-R BT.601 */
function rgbOf(stored: StoredSamples, { photometric, bitsStored }: PixelFormat): StoredSamples {
  if (photometric !== "YBR_FULL" && photometric !== "YBR_FULL_422") return stored;
  const values = stored.slice();
  const most = 2 ** bitsStored - 1;
  const middle = 2 ** (bitsStored - 1);
  const clamped = (value: number) => Math.min(most, Math.max(0, Math.round(value)));
  for (let i = 0; i < values.length; i += 3) {
    const y = values[i];
    const [blue, red] = [values[i + 1] - middle, values[i + 2] - middle];
    values[i] = clamped(y + 1.402 * red);
    values[i + 1] = clamped(y - 0.344136 * blue - 0.714136 * red);
    values[i + 2] = clamped(y + 1.772 * blue);
  }
  return values;
}
