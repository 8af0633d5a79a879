import type { ReadOptions } from "../../scan-format.ts";
import { readDataSet } from "../data-set.ts";
import { describeImage } from "../describe-image.ts";
import { type FrameReader, frameReader } from "../read-frames.ts";
import type { StoredSamples } from "../stored-samples.ts";
import { readAhead } from "./read-ahead.ts";
import { wholeOf } from "./scan-files.ts";
import type { Slice } from "./slice.ts";

/** A file whose frames are being read. */
interface OpenFile {
  readonly bytes: Uint8Array;
  readonly frames: FrameReader;
}

/**
 * Gives the stored values of slices, asked for in the order in which they are given. A file is read once, ahead of its
 * first slice, and let go after its last: the frames of several files may lie between each other's. Values are good until
 * the next slice is asked for: later files take the memory of those that are done.
 *
 * Shape:  [rows, columns, samples]
 */
export function sliceReader(
  slices: readonly Slice[],
  options: ReadOptions & { readonly onOverlayBits: () => void },
): (slice: Slice) => Promise<StoredSamples> {
  const slicesLeft = new Map<string, number>();
  for (const { file } of slices) slicesLeft.set(file, (slicesLeft.get(file) ?? 0) + 1);
  const spare: Uint8Array[] = [];
  const files = readAhead([...slicesLeft.keys()], (path) => wholeOf(path, { ...options, spare }));
  const open = new Map<string, OpenFile>();
  let done: OpenFile | undefined;
  return async (slice) => {
    const { file, frame } = slice;
    if (done !== undefined) spare.push(done.bytes);
    done = undefined;
    let opened = open.get(file);
    if (opened === undefined) {
      const next = files.next();
      if (next.done === true || next.value.path !== file) throw new Error(`${file} was asked for out of order`);
      opened = openFile(file, await next.value.reading, options);
      open.set(file, opened);
    }
    const samples = await opened.frames.frame(frame);
    const left = (slicesLeft.get(file) ?? 0) - 1;
    slicesLeft.set(file, left);
    if (left === 0) {
      open.delete(file);
      done = opened;
    }
    return slice.tile === undefined ? samples : cutTile(samples, slice, slice.tile);
  };
}

function openFile(
  where: string,
  bytes: Uint8Array,
  { limits, onOverlayBits }: ReadOptions & { readonly onOverlayBits: () => void },
): OpenFile {
  const image = describeImage(readDataSet(bytes, { where, limits }));
  // The header was an image's a moment ago; readScan notices that the file changed.
  if (image === undefined) throw new Error(`${where} is no image any more`);
  return { bytes, frames: keepingLast(frameReader(image, { onOverlayBits })) };
}

/** Decodes a frame once where it is asked for again and again: the slices of a mosaic lie in one. */
function keepingLast({ frame }: FrameReader): FrameReader {
  let last: { readonly index: number; readonly samples: StoredSamples } | undefined;
  return {
    frame: async (index) => {
      if (last?.index !== index) last = { index, samples: await frame(index) };
      return last.samples;
    },
  };
}

function cutTile(
  samples: StoredSamples,
  { image: { rows, columns } }: Slice,
  { row, column, columnsOfWhole }: NonNullable<Slice["tile"]>,
): StoredSamples {
  const cut = samples.slice(0, rows * columns);
  for (let h = 0; h < rows; h++) {
    const start = (row + h) * columnsOfWhole + column;
    cut.set(samples.subarray(start, start + columns), h * columns);
  }
  return cut;
}
