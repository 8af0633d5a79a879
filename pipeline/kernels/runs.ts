import type { Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import type { LabelArray } from "../volume/volume.ts";

/** Runs of equal ids along W, in scanning order. */
export interface Runs {
  /** Index of the first voxel of each run, and of the one past its last. */
  readonly start: Uint32Array;
  readonly stop: Uint32Array;
  /** First run of each row [D, H]; one more entry closes the last row. */
  readonly rowFirst: Uint32Array;
}

/** Which voxels touch: those that share a face, an edge too, a corner too. */
export type Connectivity = 6 | 18 | 26;

/** A row visited before, relative to the current one, and how far its runs reach sideways. */
interface Neighbour {
  readonly d: number;
  readonly h: number;
  readonly reach: 0 | 1;
}

const neighboursOf: Readonly<Record<Connectivity, readonly Neighbour[]>> = {
  6: [
    { d: 0, h: -1, reach: 0 },
    { d: -1, h: 0, reach: 0 },
  ],
  18: [
    { d: 0, h: -1, reach: 1 },
    { d: -1, h: -1, reach: 0 },
    { d: -1, h: 0, reach: 1 },
    { d: -1, h: 1, reach: 0 },
  ],
  26: [
    { d: 0, h: -1, reach: 1 },
    { d: -1, h: -1, reach: 1 },
    { d: -1, h: 0, reach: 1 },
    { d: -1, h: 1, reach: 1 },
  ],
};

/**
 * The runs of a label map, with those of the background or without.
 *
 * Cost: O(voxels), many at once inside a run; memory 8 bytes a run
 */
export function runsOf(data: LabelArray, [depth, height, width]: Triple, background: "skip" | "include"): Runs {
  const voxels = depth * height * width;
  const rowFirst = new Uint32Array(depth * height + 1);
  const skipped = background === "skip" ? 0 : -1;
  const words = wordsOf(data);
  const withinWord = 4 / data.BYTES_PER_ELEMENT - 1;
  let start = new Uint32Array(1024);
  let stop = new Uint32Array(1024);
  let count = 0;
  let row = 0;
  for (let i = 0; i < voxels; ) {
    const id = data[i];
    const first = i++;
    while (id !== skipped && first >= (row + 1) * width) rowFirst[++row] = count;
    const end = id === skipped ? Math.min(voxels, i + LONG_RUN) : (row + 1) * width;
    // One by one up to a word that may be all of one id.
    while (i < end && data[i] === id && ((i & withinWord) !== 0 || data[i + withinWord] !== id)) i++;
    if (i < end && data[i] === id) i = endOfRun(data, { words, from: i, end });
    if (id === skipped) {
      if (i === end) i += blankVoxels(data, i);
      continue;
    }
    if (count === start.length) [start, stop] = [grown(start), grown(stop)];
    start[count] = first;
    stop[count++] = i;
  }
  rowFirst.fill(count, row + 1);
  return { start: start.slice(0, count), stop: stop.slice(0, count), rowFirst };
}

/** The same memory four bytes at a time; nothing where it does not start at a multiple of four. */
function wordsOf({ buffer, byteOffset, byteLength }: LabelArray): Int32Array {
  return byteOffset % 4 === 0 ? new Int32Array(buffer, byteOffset, byteLength >> 2) : new Int32Array(0);
}

/** Background is looked at in larger pieces from so many voxels on. */
const LONG_RUN = 1024;
const blank = new Uint8Array(4096);

/** Whole pieces of background from a place on, in voxels. */
function blankVoxels({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT }: LabelArray, from: number): number {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const start = from * BYTES_PER_ELEMENT;
  let at = start;
  while (at + blank.length <= byteLength && bytes.compare(blank, 0, blank.length, at, at + blank.length) === 0)
    at += blank.length;
  return (at - start) / BYTES_PER_ELEMENT;
}

/** Where a run ends, at `end` at the latest, that is known to reach `from`, the first voxel of a word. */
function endOfRun(
  data: LabelArray,
  { words, from, end }: { readonly words: Int32Array; readonly from: number; readonly end: number },
): number {
  const id = data[from];
  const perWord = 4 / data.BYTES_PER_ELEMENT;
  const word = Math.imul(id, perWord === 4 ? 0x01010101 : 0x00010001);
  const last = Math.min(words.length, Math.floor(end / perWord));
  let n = from / perWord;
  while (n < last && words[n] === word) n++;
  let i = n * perWord;
  while (i < end && data[i] === id) i++;
  return i;
}

/** An array with room for twice as much. */
export function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** Visits all pairs of touching runs of different rows, whatever their ids, the later run first. */
export function eachTouchingPair(
  { start, stop, rowFirst }: Runs,
  { shape: [depth, height, width], connectivity }: { readonly shape: Triple; readonly connectivity: Connectivity },
  visit: (run: number, earlier: number) => void,
): void {
  for (let row = 0; row < depth * height; row++) {
    if (rowFirst[row] === rowFirst[row + 1]) continue;
    for (const { d, h, reach } of neighboursOf[connectivity]) {
      const column = (row % height) + h;
      if (row + d * height < 0 || column < 0 || column >= height) continue;
      const other = row + d * height + h;
      const shift = (row - other) * width;
      const lastOther = rowFirst[other + 1];
      let nearest = rowFirst[other];
      for (let run = rowFirst[row]; run < rowFirst[row + 1]; run++) {
        // Runs that end before this one touch none of the later ones either.
        while (nearest < lastOther && stop[nearest] + shift + reach <= start[run]) nearest++;
        for (let earlier = nearest; earlier < lastOther && start[earlier] + shift < stop[run] + reach; earlier++)
          visit(run, earlier);
      }
    }
  }
}

/**
 * The box of each group of runs; empty for a group without any.
 *
 * Shape:  groupOf [runs] counted from 0, below `groups`
 */
export function boxesOf(
  { start, stop }: Pick<Runs, "start" | "stop">,
  { groupOf, groups, shape }: { readonly groupOf: Uint32Array; readonly groups: number; readonly shape: Triple },
): readonly Box[] {
  const [, height, width] = shape;
  const low = new Int32Array(3 * groups).fill(2 ** 31 - 1);
  const high = new Int32Array(3 * groups);
  for (let run = 0; run < start.length; run++) {
    const at = 3 * groupOf[run];
    const row = Math.floor(start[run] / width);
    const d = Math.floor(row / height);
    const h = row - d * height;
    low[at] = Math.min(low[at], d);
    low[at + 1] = Math.min(low[at + 1], h);
    low[at + 2] = Math.min(low[at + 2], start[run] - row * width);
    high[at] = Math.max(high[at], d + 1);
    high[at + 1] = Math.max(high[at + 1], h + 1);
    high[at + 2] = Math.max(high[at + 2], stop[run] - row * width);
  }
  const tripleAt = (values: Int32Array, at: number): Triple => [values[at], values[at + 1], values[at + 2]];
  return Array.from({ length: groups }, (_, n) => ({ start: tripleAt(low, 3 * n), stop: tripleAt(high, 3 * n) }));
}

/** Visits the stretches of voxels that two label maps of one grid both have in a run: both runs, and how many voxels. */
export function eachSharedStretch(
  first: Pick<Runs, "start" | "stop">,
  second: Pick<Runs, "start" | "stop">,
  visit: (run: number, other: number, voxels: number) => void,
): void {
  for (let run = 0, other = 0; run < first.start.length && other < second.start.length; ) {
    const shared = Math.min(first.stop[run], second.stop[other]) - Math.max(first.start[run], second.start[other]);
    if (shared > 0) visit(run, other, shared);
    if (first.stop[run] < second.stop[other]) run++;
    else other++;
  }
}
