import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { parseJson } from "../../bundle/json-schema.ts";
import { writeFolderWhole } from "../../io/atomic-write.ts";
import { environmentErrorOf, systemCodeOf } from "../../io/environment.ts";
import type { Triple } from "../../volume/affine.ts";
import { FormatError } from "../../volume/errors.ts";
import { type LabelArray, voxelCountOf } from "../../volume/volume.ts";
import type { PreparedCase } from "../prepared-case.ts";

/** A prepared case on disk, read in parts. */
export interface PreparedCaseFile {
  readonly id: string;
  /** [D, H, W] */
  readonly shape: Triple;
  readonly channels: number;
  /** See `PreparedCase`. */
  readonly voxelsByClass: ReadonlyMap<number, Uint32Array>;
  /** A box that lies inside: image [C, ...size] and labels [...size]. Blocks the thread while it reads. */
  readBlock(start: Triple, size: Triple): { readonly image: Float32Array; readonly labels: LabelArray };
  close(): void;
}

const HEADER = "case.json";
const IMAGE = "image.f32";
const LABELS = "labels.bin";
const VOXELS = "voxels.u32";

const count = Type.Integer({ minimum: 1, maximum: 2 ** 31 });
const headerSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 300 }),
    shape: Type.Tuple([count, count, count]),
    channels: Type.Integer({ minimum: 1, maximum: 64 }),
    labelBytes: Type.Union([Type.Literal(1), Type.Literal(2)]),
    voxels: Type.Array(Type.Tuple([Type.Integer({ minimum: 0, maximum: 65535 }), count])),
  },
  { additionalProperties: false },
);

/**
 * Writes a prepared case as a folder that appears whole or not at all.
 *
 * Errors: EnvironmentError when the folder is there with files in it, or disk or permissions are at fault
 */
export async function writePreparedCase(folder: string, prepared: PreparedCase): Promise<void> {
  const { id, shape, image, labels, voxelsByClass } = prepared;
  const header = {
    id,
    shape,
    channels: image.length / voxelCountOf(shape),
    labelBytes: labels.BYTES_PER_ELEMENT,
    voxels: [...voxelsByClass].map(([classId, { length }]) => [classId, length]),
  };
  await writeFolderWhole(folder, async (place) => {
    await writeFile(join(place, HEADER), JSON.stringify(header));
    await writeFile(join(place, IMAGE), bytesOf(image));
    await writeFile(join(place, LABELS), bytesOf(labels));
    await writeFile(join(place, VOXELS), Buffer.concat([...voxelsByClass.values()].map(bytesOf)));
  });
}

/**
 * Opens a case that `writePreparedCase` wrote.
 *
 * Errors: FormatError T_CACHE when a file is missing, has another size than the header says or lists voxels outside;
 *         EnvironmentError when files cannot be opened for other reasons
 */
export function openPreparedCase(folder: string): PreparedCaseFile {
  const { id, shape, channels, labelBytes, voxels } = headerIn(folder);
  const voxelCount = voxelCountOf(shape);
  assertSizes(folder, [
    [IMAGE, 4 * channels * voxelCount],
    [LABELS, labelBytes * voxelCount],
    [VOXELS, 4 * voxels.reduce((sum, [, length]) => sum + length, 0)],
  ]);
  const voxelsByClass = voxelsIn(folder, voxels, voxelCount);
  const image = fileIn(folder, IMAGE);
  const labels = fileIn(folder, LABELS);
  return {
    id,
    shape,
    channels,
    voxelsByClass,
    readBlock: (start, size) => {
      const length = voxelCountOf(size);
      const values = new Float32Array(channels * length);
      for (let c = 0; c < channels; c++) {
        const channel = values.subarray(c * length, (c + 1) * length);
        readBlockInto(channel, image, { start, size, shape, offset: c * voxelCount });
      }
      const ids = labelBytes === 1 ? new Uint8Array(length) : new Uint16Array(length);
      readBlockInto(ids, labels, { start, size, shape, offset: 0 });
      return { image: values, labels: ids };
    },
    close: () => {
      closeSync(image.file);
      closeSync(labels.file);
    },
  };
}

interface BlockPlace {
  readonly start: Triple;
  readonly size: Triple;
  /** Of the whole. */
  readonly shape: Triple;
  /** Elements before the volume. */
  readonly offset: number;
}

interface OpenFile {
  readonly path: string;
  readonly file: number;
}

/** One read per slice, from the block's first row to its last, of which the block's columns are kept. */
function readBlockInto(
  target: Float32Array | LabelArray,
  { path, file }: OpenFile,
  { start, size, shape: [, height, width], offset }: BlockPlace,
): void {
  const [depth, rows, columns] = size;
  const span = (rows - 1) * width + columns;
  const slice = emptyLike(target, span);
  for (let d = 0; d < depth; d++) {
    const first = offset + ((start[0] + d) * height + start[1]) * width + start[2];
    const found = readSync(file, slice, 0, slice.byteLength, first * slice.BYTES_PER_ELEMENT);
    if (found !== slice.byteLength) throw cacheError(path, `${slice.byteLength} bytes of a slice`, `${found}`);
    for (let h = 0; h < rows; h++) target.set(slice.subarray(h * width, h * width + columns), (d * rows + h) * columns);
  }
}

function emptyLike(array: Float32Array | LabelArray, length: number): Float32Array | LabelArray {
  if (array instanceof Float32Array) return new Float32Array(length);
  return array instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
}

function headerIn(folder: string) {
  const path = join(folder, HEADER);
  const bytes = inCache(path, () => readFileSync(path));
  try {
    return parseJson(bytes, headerSchema, { where: path, code: "T_CACHE" });
  } catch (error) {
    throw cacheError(path, "the header of a prepared case", error instanceof Error ? error.message : "none");
  }
}

function fileIn(folder: string, name: string): OpenFile {
  const path = join(folder, name);
  return { path, file: inCache(path, () => openSync(path, "r")) };
}

/** A file that is not there makes a damaged case; one that may not be read is the machine's fault. */
function inCache<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") throw cacheError(path, "a file of a prepared case", "none");
    throw environmentErrorOf(error, { where: path, expected: "a file that can be read" });
  }
}

function assertSizes(folder: string, files: readonly (readonly [name: string, bytes: number])[]): void {
  for (const [name, bytes] of files) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    if (found !== bytes) throw cacheError(join(folder, name), `${bytes} bytes`, `${found}`);
  }
}

function voxelsIn(
  folder: string,
  lists: readonly (readonly [classId: number, length: number])[],
  voxelCount: number,
): ReadonlyMap<number, Uint32Array> {
  const path = join(folder, VOXELS);
  const { buffer } = Uint8Array.from(inCache(path, () => readFileSync(path)));
  let offset = 0;
  return new Map(
    lists.map(([classId, length]) => {
      const list = new Uint32Array(buffer, 4 * offset, length);
      const outside = list.find((index) => index >= voxelCount);
      if (outside !== undefined) throw cacheError(path, `indices of ${voxelCount} voxels`, `${outside}`);
      offset += length;
      return [classId, list];
    }),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function cacheError(where: string, expected: string, got: string): FormatError {
  return new FormatError({ code: "T_CACHE", where, expected, got, next: "Remove the folder; it is made again" });
}
