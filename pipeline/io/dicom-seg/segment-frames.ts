import { ConfigError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import type { LabelMap } from "../../volume/volume.ts";

/** One frame of a segmentation: the slice it lies on and, where a frame holds one class only, that class. */
export interface SegmentFrame {
  /** Index along D. */
  readonly slice: number;
  /** 1-based number of the segment; undefined where a frame holds all classes. */
  readonly segment?: number;
}

/** Ids that a message names. */
const MOST_LISTED = 12;

/** What a segmentation stores: the classes that occur, the frames that are not empty, and their pixels. */
export interface SegmentFrames {
  readonly classes: readonly LabelClass[];
  readonly frames: readonly SegmentFrame[];
  readonly pixels: Uint8Array;
}

/**
 * One-bit frames, ordered by class, then by slice; a frame without a voxel is left out.
 *
 * Bits run on from frame to frame: frame `k` begins at bit `k * H * W`, lowest bit of a byte first, where that is not the
 * beginning of a byte.
 *
 * Shape:  labels [D, H, W] -> ceil(frames * H * W / 8) bytes
 * Errors: ConfigError when a voxel has an id that no class has
 * Cost:   two passes over the labels
 * Source: DICOM PS3.5 8.1.1, D.3 example; PS3.3 C.8.20.2
 */
export function binaryFramesOf(labels: LabelMap, classes: readonly LabelClass[]): SegmentFrames {
  const idsBySlice = idsOfSlices(labels);
  const present = classesIn(idsBySlice, classes);
  const frames: SegmentFrame[] = [];
  const frameOf = idsBySlice.map(() => new Map<number, number>());
  for (const [index, { id }] of present.entries())
    for (const [slice, ids] of idsBySlice.entries()) {
      if (!ids.includes(id)) continue;
      frameOf[slice].set(id, frames.length);
      frames.push({ slice, segment: index + 1 });
    }
  const [, height, width] = labels.shape;
  const pixels = new Uint8Array(Math.ceil((frames.length * height * width) / 8));
  for (const [slice, frameOfId] of frameOf.entries()) packSliceInto(pixels, labels, { slice, frameOfId });
  return { classes: present, frames, pixels };
}

/**
 * Frames of class ids, one per slice that has any class; slices of background are left out.
 *
 * Shape:  labels [D, H, W] -> frames * H * W ids of 1 or 2 bytes, little endian
 * Errors: ConfigError when a voxel has an id that no class has
 * Source: DICOM PS3.3 C.8.20.2 (LABELMAP)
 */
export function labelmapFramesOf(labels: LabelMap, classes: readonly LabelClass[]): SegmentFrames {
  const idsBySlice = idsOfSlices(labels);
  const present = classesIn(idsBySlice, classes);
  const frames = idsBySlice.flatMap((ids, slice) => (ids.length > 0 ? [{ slice }] : []));
  const area = labels.shape[1] * labels.shape[2];
  const bytesPerVoxel = labels.data.BYTES_PER_ELEMENT;
  const pixels = new Uint8Array(frames.length * area * bytesPerVoxel);
  for (const [index, { slice }] of frames.entries()) {
    const source = labels.data.subarray(slice * area, (slice + 1) * area);
    pixels.set(littleEndianBytesOf(source), index * area * bytesPerVoxel);
  }
  return { classes: present, frames, pixels };
}

/** Ids other than background on each slice. */
function idsOfSlices({ data, shape: [depth, height, width] }: LabelMap): readonly (readonly number[])[] {
  const area = height * width;
  const seen = new Uint8Array(2 ** (8 * data.BYTES_PER_ELEMENT));
  return Array.from({ length: depth }, (_, slice) => {
    seen.fill(0);
    for (let i = slice * area; i < (slice + 1) * area; i++) seen[data[i]] = 1;
    const ids: number[] = [];
    for (let id = 1; id < seen.length; id++) if (seen[id] === 1) ids.push(id);
    return ids;
  });
}

function classesIn(idsBySlice: readonly (readonly number[])[], classes: readonly LabelClass[]): readonly LabelClass[] {
  const ids = new Set(idsBySlice.flat());
  const unknown = [...ids].filter((id) => !classes.some((known) => known.id === id));
  if (unknown.length > 0)
    throw new ConfigError({
      code: "W_CLASS",
      where: "label map",
      expected:
        classes.length === 0 ? "names of the classes" : `only the class ids ${listed(classes.map(({ id }) => id))}`,
      got: `ids without a name: ${listed(unknown)}`,
      next: "Say what every id of the label map stands for",
    });
  return classes.filter(({ id }) => ids.has(id)).toSorted((one, other) => one.id - other.id);
}

function listed(ids: readonly number[]): string {
  const rest = ids.length - MOST_LISTED;
  return ids.slice(0, MOST_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function packSliceInto(
  pixels: Uint8Array,
  { data, shape: [, height, width] }: LabelMap,
  { slice, frameOfId }: { slice: number; frameOfId: ReadonlyMap<number, number> },
): void {
  const area = height * width;
  // Byte and bit are kept apart: a bit's number may pass 2^31, where the operators on bits end.
  const startOfId = new Map([...frameOfId].map(([id, frame]) => [id, startOf(frame * area)]));
  let id = 0;
  let start = { byte: 0, bit: 0 };
  for (let i = 0; i < area; i++) {
    const found = data[slice * area + i];
    if (found === 0) continue;
    if (found !== id) {
      id = found;
      start = startOfId.get(found) as { byte: number; bit: number };
    }
    const bit = start.bit + i;
    pixels[start.byte + (bit >>> 3)] |= 1 << (bit & 7);
  }
}

function startOf(bits: number): { byte: number; bit: number } {
  return { byte: Math.floor(bits / 8), bit: bits % 8 };
}

/** The bytes of ids as DICOM wants them; Node runs on little-endian machines only, which the test of this file shows. */
function littleEndianBytesOf(ids: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
}
