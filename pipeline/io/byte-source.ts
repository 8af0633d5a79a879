import { Readable } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import { FormatError } from "../volume/errors.ts";
import { type RegularFile, readInto } from "./regular-file.ts";

/** How bytes lie in the file. */
export type ByteEncoding = "raw" | "gzip" | "zlib";

/** Bytes in order from a file, inflated where they are deflated; never more of them than are asked for. */
export interface ByteSource {
  /** Fills `into`; returns how many bytes there were before the end. */
  readonly read: (into: Uint8Array) => Promise<number>;
  /** Passes over `count` bytes; returns how many there were before the end. */
  readonly skip: (count: number) => Promise<number>;
  /** Looks at what follows; to be called once all wanted bytes are read. */
  readonly finish: () => Promise<Leftovers>;
  readonly close: () => void;
}

/** What lay behind the wanted bytes. */
export interface Leftovers {
  /** Bytes behind the wanted ones, inflated where deflated. */
  readonly bytes: number;
  /** Zero bytes behind a deflated stream. */
  readonly padding: number;
}

/** Where the bytes are, and how a refusal of them is called. */
export interface ByteSourceOptions {
  /** First byte in the file. */
  readonly start: number;
  readonly encoding: ByteEncoding;
  /** First part of error codes, such as `N` in `N_GZ_CRC`. */
  readonly prefix: string;
}

/** Inflated bytes behind the wanted ones that are tolerated. */
const MOST_LEFTOVERS = 64 * 1024;

/** Largest factor by which deflate can grow data (zlib's own bound is 1032). */
export const MOST_INFLATION = 1040;

/** Inflated bytes per piece: below 1 MiB the thread hops cost as much as the inflating (measured). */
const PIECE_BYTES = 2 ** 20;

/** Bytes read from a deflated file at a time. */
const COMPRESSED_PIECE_BYTES = 2 ** 18;

/** Opens the bytes of a file from `start` on. */
export function byteSourceOf(file: RegularFile, options: ByteSourceOptions): ByteSource {
  return options.encoding === "raw" ? rawSource(file, options.start) : inflatedSource(file, options);
}

function rawSource({ handle, bytes }: RegularFile, start: number): ByteSource {
  let position = start;
  return {
    read: async (into) => {
      const count = await readInto(handle, into, position);
      position += count;
      return count;
    },
    skip: async (count) => {
      const passed = Math.max(0, Math.min(count, bytes - position));
      position += passed;
      return passed;
    },
    finish: async () => ({ bytes: Math.max(0, bytes - position), padding: 0 }),
    close: () => {},
  };
}

function inflatedSource(file: RegularFile, { start, encoding, prefix }: ByteSourceOptions): ByteSource {
  const inflate = (encoding === "gzip" ? createGunzip : createInflate)({ chunkSize: PIECE_BYTES });
  const compressed = Readable.from(piecesOf(file, start));
  compressed.on("error", (error) => inflate.destroy(error)).pipe(inflate);
  const pieces = inflate[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let rest: Uint8Array = new Uint8Array(0);

  async function nextPiece(): Promise<boolean> {
    try {
      const { done, value } = await pieces.next();
      if (done) return false;
      rest = value;
      return true;
    } catch (error) {
      throw inflateErrorOf(error, { prefix, where: file.path, hasMagic: await hasGzipMagic(file, start) });
    }
  }

  async function take(wanted: number, use: (bytes: Uint8Array, offset: number) => void): Promise<number> {
    let done = 0;
    while (done < wanted) {
      if (rest.length === 0 && !(await nextPiece())) break;
      const count = Math.min(rest.length, wanted - done);
      use(rest.subarray(0, count), done);
      rest = rest.subarray(count);
      done += count;
    }
    return done;
  }

  /** zlib compares the checksum at the end of the stream, so the stream is always followed to its end. */
  async function finish(): Promise<Leftovers> {
    let bytes = rest.length;
    while (bytes <= MOST_LEFTOVERS && (await nextPiece())) bytes += rest.length;
    if (bytes > MOST_LEFTOVERS) throw trailError({ prefix, where: file.path }, "more data than the header declares");
    const padding = await zerosAfter(file, start + inflate.bytesWritten);
    if (padding === undefined) throw trailError({ prefix, where: file.path }, "other bytes behind it");
    return { bytes, padding };
  }

  const close = () => {
    compressed.destroy();
    inflate.destroy();
  };
  const read = (into: Uint8Array) => take(into.length, (bytes, offset) => into.set(bytes, offset));
  const skip = (count: number) => take(count, () => {});
  return { read, skip, finish, close };
}

async function* piecesOf({ handle }: RegularFile, start: number): AsyncGenerator<Uint8Array> {
  for (let position = start; ; ) {
    const piece = new Uint8Array(COMPRESSED_PIECE_BYTES);
    const count = await readInto(handle, piece, position);
    if (count === 0) return;
    yield piece.subarray(0, count);
    position += count;
  }
}

/** How many zero bytes lie between a position and the end of the file; undefined when there are others. */
async function zerosAfter(file: RegularFile, start: number): Promise<number | undefined> {
  for await (const piece of piecesOf(file, start)) if (piece.some((byte) => byte !== 0)) return undefined;
  return file.bytes - start;
}

/** Whether a gzip stream begins at a position in a file. */
export async function hasGzipMagic({ handle }: RegularFile, start: number): Promise<boolean> {
  const magic = new Uint8Array(2);
  return isGzip(magic.subarray(0, await readInto(handle, magic, start)));
}

/** Whether bytes begin like a gzip stream. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

interface Place {
  readonly prefix: string;
  readonly where: string;
}

/**
 * zlib's error in the words of a refusal. It has no other way to tell its faults apart than their text.
 *
 * A wrong header behind a right one means that zlib took what follows the stream for the next of its members.
 */
function inflateErrorOf(error: unknown, { prefix, where, hasMagic }: Place & { readonly hasMagic: boolean }): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "Z_BUF_ERROR")
    return gzipError({ prefix, where }, "TRUNC", "a compressed stream that ends too early", "Copy the file again");
  if (code !== "Z_DATA_ERROR") return error;
  if (message.includes("header check") && hasMagic) return trailError({ prefix, where }, "other bytes behind it");
  const check = message.includes("data check") ? "CRC" : message.includes("length check") ? "LENGTH" : "DATA";
  return gzipError({ prefix, where }, check, `damaged compressed data (${message})`, "Copy the file again");
}

function trailError(place: Place, got: string): FormatError {
  return gzipError(place, "TRAIL", got, "Two files may have been joined; export the image again");
}

function gzipError({ prefix, where }: Place, kind: string, got: string, next: string): FormatError {
  return new FormatError({ code: `${prefix}_GZ_${kind}`, where, expected: "one intact compressed stream", got, next });
}
