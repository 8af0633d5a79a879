import type { ByteSource } from "./byte-source.ts";

/** Bytes that are in memory already, as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  let position = 0;
  const take = (count: number) => {
    const piece = bytes.subarray(position, position + count);
    position += piece.length;
    return piece;
  };
  return {
    read: async (into) => {
      const piece = take(into.length);
      into.set(piece);
      return piece.length;
    },
    skip: async (count) => take(count).length,
    finish: async () => ({ bytes: bytes.length - position, padding: 0 }),
    close: () => {},
  };
}
