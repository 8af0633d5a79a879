import { FormatError } from "../../volume/errors.ts";
import type { ByteSource } from "../byte-source.ts";
import { rawArrays, type StoredType, storedBytes } from "../stored-voxels.ts";

/** Text looked at in one go. */
const PIECE_BYTES = 2 ** 16;

/** No number is written with more characters; a longer word is an attack or no number. */
const LONGEST_WORD = 512;

/**
 * Numbers written as text, as the bytes of a type in this machine's order.
 *
 * Errors: FormatError <prefix>_TEXT from `read` for words that are no such numbers
 */
export function textSource(
  text: ByteSource,
  { type, where, prefix }: { readonly type: StoredType; readonly where: string; readonly prefix: string },
): ByteSource {
  const piece = new Uint8Array(PIECE_BYTES);
  const width = storedBytes[type];
  let words: readonly string[] = [];
  let next = 0;
  let cut = "";
  let isOver = false;

  /** Takes in more text; a word at its end may go on in the next piece. */
  async function refill(): Promise<void> {
    const count = await text.read(piece);
    isOver = count < piece.length;
    const found = (cut + Buffer.from(piece.buffer, 0, count).toString("latin1")).split(/[\s,]+/);
    cut = isOver ? "" : (found.pop() ?? "");
    if (cut.length > LONGEST_WORD) throw textError({ where, prefix }, "a word of more than 512 characters");
    words = found.filter((word) => word !== "");
    next = 0;
  }

  async function read(into: Uint8Array): Promise<number> {
    for (let at = 0; at < into.length; ) {
      while (next === words.length && !isOver) await refill();
      if (next === words.length) return at;
      const count = Math.min(words.length - next, (into.length - at) / width);
      const values = parsed(words.slice(next, next + count), { type, where, prefix });
      into.set(new Uint8Array(values.buffer), at);
      next += count;
      at += count * width;
    }
    return into.length;
  }

  async function finish() {
    const bytes = (words.length - next) * width + cut.length;
    const rest = await text.finish();
    return { bytes: bytes + rest.bytes, padding: rest.padding };
  }

  const skip = async (count: number) => {
    const buffer = new Uint8Array(Math.min(count, PIECE_BYTES - (PIECE_BYTES % width)));
    for (let done = 0; done < count; ) {
      const found = await read(buffer.subarray(0, Math.min(buffer.length, count - done)));
      if (found === 0) return done;
      done += found;
    }
    return count;
  };
  return { read, skip, finish, close: text.close };
}

function parsed(
  words: readonly string[],
  { type, where, prefix }: { readonly type: StoredType; readonly where: string; readonly prefix: string },
) {
  if (type === "int64" || type === "uint64") return parsedLong(words, { type, where, prefix });
  const values = Float64Array.from(words, Number);
  const stored = rawArrays[type].from(values);
  const isExact = type === "float32" || type === "float64";
  for (let i = 0; i < words.length; i++)
    if (isExact ? Number.isNaN(values[i]) && !/^[+-]?nan$/i.test(words[i]) : stored[i] !== values[i])
      throw textError({ where, prefix }, `a word that is no ${type}`);
  return stored;
}

function parsedLong(
  words: readonly string[],
  { type, where, prefix }: { readonly type: "int64" | "uint64"; readonly where: string; readonly prefix: string },
): BigInt64Array {
  const [least, most] = type === "int64" ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  return BigInt64Array.from(words, (word) => {
    const value = /^[+-]?\d{1,20}$/.test(word) ? BigInt(word.replace("+", "")) : most + 1n;
    if (value < least || value > most) throw textError({ where, prefix }, `a word that is no ${type}`);
    return BigInt.asIntN(64, value);
  });
}

function textError({ where, prefix }: { readonly where: string; readonly prefix: string }, got: string): FormatError {
  return new FormatError({
    code: `${prefix}_TEXT`,
    where,
    expected: "voxels written as numbers",
    got,
    next: "Check the image with the program that made it",
  });
}
