import { crc32 } from "node:zlib";
import { FormatError } from "../../volume/errors.ts";
import { systemCodeOf } from "../environment.ts";
import { openZip, type ZipArchive, type ZipEntry } from "../zip-archive.ts";
import { halvesInto } from "./half-floats.ts";
import { MOST_HEADER_BYTES, type NpyHeader, type NpyType, npyBytes, npyHeaderOf } from "./npy-header.ts";

/** An array of a NumPy archive, read from front to back; `close` it. */
export interface NpzArray {
  readonly shape: readonly number[];
  /** Fills a piece of the array; after the last one the checksum of the whole is compared. */
  readonly readInto: (into: Float32Array) => Promise<void>;
  readonly close: () => void;
}

/** Entries of an archive of arrays; probabilities come alone or with a few others. */
const MOST_ENTRIES = 64;

/**
 * Opens the first of some arrays that a NumPy archive (.npz) holds; nothing of it is in memory but the piece asked for.
 *
 * Errors: FormatError Z_NPZ for what is no such archive or lies about its sizes, Z_ARRAY when it has none of the arrays
 * Source: NumPy, numpy.lib.format; what `numpy.savez_compressed` writes
 */
export async function openNpz(path: string, names: readonly string[]): Promise<NpzArray> {
  const archive = await namingFaults(path, () => openZip(path));
  try {
    const entry = await namingFaults(path, () => entryNamed(archive, { path, names }));
    const stream = await namingFaults(path, () => archive.openReadStreamPromise(entry));
    const source = { pieces: stream[Symbol.asyncIterator](), rest: new Uint8Array(0), checksum: 0, path, entry };
    const header = await headerIn(source);
    let left = header.shape.reduce((product, side) => product * side, 1);
    return {
      shape: header.shape,
      readInto: async (into) => {
        await namingFaults(path, () => fill(into, header.type, source));
        left -= into.length;
        if (left === 0) await assertWhole(source);
      },
      close: () => {
        stream.destroy();
        archive.close();
      },
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

/** Bytes of an entry on their way. */
interface EntrySource {
  readonly path: string;
  readonly entry: ZipEntry;
  readonly pieces: AsyncIterator<unknown>;
  rest: Uint8Array;
  checksum: number;
}

async function entryNamed(
  archive: ZipArchive,
  { path, names }: { readonly path: string; readonly names: readonly string[] },
): Promise<ZipEntry> {
  if (archive.entryCount > MOST_ENTRIES)
    throw npzError(path, `at most ${MOST_ENTRIES} arrays`, `${archive.entryCount}`);
  const found = new Map<string, ZipEntry>();
  for await (const entry of archive.eachEntry()) found.set(entry.fileNameRaw.toString("latin1"), entry);
  const entry = names.flatMap((name) => found.get(`${name}.npy`) ?? [])[0];
  if (entry !== undefined) return entry;
  throw new FormatError({
    code: "Z_ARRAY",
    where: path,
    expected: `an array named ${names.join(" or ")}`,
    got: `${found.size} others`,
    next: "Save probabilities as nnU-Net's predict --save_probabilities does",
  });
}

async function headerIn(source: EntrySource): Promise<NpyHeader> {
  const { path, entry } = source;
  while (source.rest.length < MOST_HEADER_BYTES && (await nextPiece(source)));
  const header = npyHeaderOf(source.rest);
  if (typeof header === "string") throw npzError(path, "a NumPy array", header);
  source.rest = source.rest.subarray(header.bytes);
  const bytes = header.shape.reduce((product, side) => product * side, npyBytes[header.type]);
  if (bytes + header.bytes !== entry.uncompressedSize)
    throw npzError(
      path,
      `${entry.uncompressedSize} bytes, as the archive says`,
      `[${header.shape}], which takes ${bytes}`,
    );
  return header;
}

/** Appends what comes next to the rest; false at the end. */
async function nextPiece(source: EntrySource): Promise<boolean> {
  const { done, value } = await source.pieces.next();
  if (done === true) return false;
  const piece = value as Uint8Array;
  source.checksum = crc32(piece, source.checksum);
  source.rest = source.rest.length === 0 ? piece : Buffer.concat([source.rest, piece]);
  return true;
}

/** Numbers turned at a time. */
const BLOCK = 2 ** 16;

async function fill(into: Float32Array, type: NpyType, source: EntrySource): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const block = into.subarray(done, done + BLOCK);
    await have(block.length * npyBytes[type], source);
    const bytes = source.rest.subarray(0, block.length * npyBytes[type]);
    toFloats(block, bytes, type);
    source.rest = source.rest.subarray(bytes.length);
    done += block.length;
  }
}

async function have(bytes: number, source: EntrySource): Promise<void> {
  while (source.rest.length < bytes)
    if (!(await nextPiece(source))) throw npzError(source.path, "an array of its full length", "its end before that");
}

function toFloats(into: Float32Array, bytes: Uint8Array, type: NpyType): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === "float16") halvesInto(into, bytes);
  else if (type === "float32") for (let i = 0; i < into.length; i++) into[i] = view.getFloat32(4 * i, true);
  else for (let i = 0; i < into.length; i++) into[i] = view.getFloat64(8 * i, true);
}

async function assertWhole(source: EntrySource): Promise<void> {
  const { path, entry, checksum } = source;
  if (checksum !== entry.crc32) throw npzError(path, "bytes with the checksum that the archive declares", "others");
}

/** Turns what yauzl, zlib or the system throw into a refusal. */
async function namingFaults<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const got = systemCodeOf(error) ?? (error instanceof Error ? error.message : "another file");
    throw npzError(path, "a whole NumPy archive", got);
  }
}

function npzError(where: string, expected: string, got: string): FormatError {
  return new FormatError({ code: "Z_NPZ", where, expected, got, next: "Copy or export it again" });
}
