import type { Random } from "../../pipeline/volume/random.ts";

/** Most changes to one file. */
const MOST_CHANGES = 6;

/** Where headers lie; most changes go there. */
const HEADER_BYTES = 4096;

const telling = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff];

/** A file with a few bytes changed, copied, cleared or cut off; the same random numbers give the same mutant. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const mutant = Buffer.from(bytes);
  const reach = random.uniform() < 0.7 ? Math.min(HEADER_BYTES, mutant.length) : mutant.length;
  for (let n = random.integer(1, MOST_CHANGES + 1); n > 0; n--) change(mutant, random.integer(0, reach), random);
  return random.uniform() < 0.15 ? mutant.subarray(0, random.integer(0, mutant.length)) : mutant;
}

function change(bytes: Buffer, at: number, random: Random): void {
  const kind = random.integer(0, 5);
  const value = telling[random.integer(0, telling.length)];
  if (kind === 0) bytes[at] = random.integer(0, 256);
  else if (kind === 1 && at + 4 <= bytes.length) bytes.writeUInt32LE(value, at);
  else if (kind === 2 && at + 2 <= bytes.length) bytes.writeUInt16LE(value & 0xffff, at);
  else if (kind === 3) bytes.copy(bytes, at, random.integer(0, bytes.length), bytes.length);
  else bytes.fill(0x30 + random.integer(0, 10), at, Math.min(bytes.length, at + random.integer(1, 12)));
}
