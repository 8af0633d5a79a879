import { FormatError } from "../../../volume/errors.ts";
import type { LabelClass } from "../../../volume/label-class.ts";
import { type Grid, type LabelArray, type LabelMap, volumeOf, voxelCountOf } from "../../../volume/volume.ts";
import { segmentationError } from "./segmentation-error.ts";
import type { StoredSegmentation } from "./stored-segmentation.ts";

/** Pixels of a frame, counted from 0, as numbers: bits, fractions or ids. The array may be the same at each call. */
export type FramePixels = (frame: number) => Promise<ArrayLike<number>>;

/** Where the frames go, and what is in them. */
export interface FramePlacement {
  readonly grid: Grid;
  /** Index along D per frame. */
  readonly sliceOf: readonly number[];
  readonly pixelsOf: FramePixels;
}

/**
 * The label map that the frames of a segmentation make.
 *
 * FRACTIONAL frames count from half of the maximum up. A label map has one class per voxel: segments that overlap are
 * refused, for whichever were kept the other would be wrong in silence.
 *
 * Empty:  slices without a frame are background
 * Errors: FormatError L_OVERLAP when two segments share a voxel, D_FRAMES_BAD when one segment has two frames on a slice,
 *         D_SEGMENT when a LABELMAP holds an id that no segment has
 */
export async function labelsOfFrames(
  stored: StoredSegmentation,
  { grid, sliceOf, pixelsOf }: FramePlacement,
): Promise<LabelMap> {
  assertDistinct(stored, sliceOf);
  const data = emptyLabels(stored.classes, voxelCountOf(grid.shape));
  const area = stored.rows * stored.columns;
  const isKnown = knownIds(stored.classes);
  for (const [frame, { segment }] of stored.frames.entries()) {
    const slice = data.subarray(sliceOf[frame] * area, (sliceOf[frame] + 1) * area);
    const pixels = await pixelsOf(frame);
    if (segment === undefined) copyIdsInto(slice, pixels, { stored, isKnown });
    else setMaskInto(slice, pixels, { segment, stored });
  }
  return volumeOf(data, grid);
}

/** Two frames of one segment at one place are two times or two opinions; a label map holds one. */
function assertDistinct({ frames, where }: StoredSegmentation, sliceOf: readonly number[]): void {
  const places = new Set(frames.map(({ segment = 0 }, frame) => `${segment} ${sliceOf[frame]}`));
  if (places.size === frames.length) return;
  throw segmentationError(where, {
    code: "D_FRAMES_BAD",
    expected: "one frame for each segment and slice",
    got: `${frames.length} frames in ${places.size} places`,
  });
}

function emptyLabels(classes: readonly LabelClass[], count: number): LabelArray {
  const isWide = classes.some(({ id }) => id > 255);
  return isWide ? new Uint16Array(count) : new Uint8Array(count);
}

function knownIds(classes: readonly LabelClass[]): Uint8Array {
  const isKnown = new Uint8Array(65_536);
  for (const { id } of classes) isKnown[id] = 1;
  return isKnown;
}

function setMaskInto(
  slice: LabelArray,
  pixels: ArrayLike<number>,
  { segment, stored }: { readonly segment: number; readonly stored: StoredSegmentation },
): void {
  const least = stored.type === "FRACTIONAL" ? stored.maximumFraction / 2 : 1;
  for (let i = 0; i < slice.length; i++) {
    if (pixels[i] < least) continue;
    if (slice[i] !== 0) throw overlapError(stored, slice[i], segment);
    slice[i] = segment;
  }
}

function copyIdsInto(
  slice: LabelArray,
  ids: ArrayLike<number>,
  { stored: { padding, where }, isKnown }: { readonly stored: StoredSegmentation; readonly isKnown: Uint8Array },
): void {
  for (let i = 0; i < slice.length; i++) {
    const id = ids[i];
    if (id === 0 || id === padding) continue;
    if (isKnown[id] !== 1) throw unknownIdError(where, id);
    slice[i] = id;
  }
}

function overlapError({ classes, where }: StoredSegmentation, one: number, other: number): FormatError {
  const nameOf = (number: number) => JSON.stringify(classes.find(({ id }) => id === number)?.name);
  return new FormatError({
    code: "L_OVERLAP",
    where,
    expected: "segments that share no voxel, for a label map holds one class per voxel",
    got: `${nameOf(one)} (${one}) and ${nameOf(other)} (${other}) in one place`,
    next: "Export the segments that overlap to files of their own",
  });
}

function unknownIdError(where: string, id: number): FormatError {
  return segmentationError(where, {
    code: "D_SEGMENT",
    expected: "pixels of segments that are described",
    got: `an undescribed segment ${id}`,
  });
}
