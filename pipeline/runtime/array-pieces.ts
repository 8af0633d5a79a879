import type { ArrayPiece } from "./inference-protocol.ts";

/** Piece size with the best throughput between two processes (1 GB/s; measured 1, 4 and 16 MiB). */
const PIECE_BYTES = 4 * 2 ** 20;

/** Sends arrays of one request or answer piece by piece, never more than one piece in flight. */
export async function sendArrays(
  send: (piece: ArrayPiece) => Promise<void>,
  { id, arrays }: { readonly id: number; readonly arrays: readonly ArrayBufferView[] },
): Promise<void> {
  for (const [index, { buffer, byteOffset, byteLength }] of arrays.entries())
    for (let offset = 0; offset === 0 || offset < byteLength; offset += PIECE_BYTES) {
      const bytes = new Uint8Array(buffer, byteOffset + offset, Math.min(PIECE_BYTES, byteLength - offset));
      await send({ kind: "piece", id, index, byteLength, offset, bytes });
    }
}

/** Puts pieces together. */
export interface PieceInbox {
  add(piece: ArrayPiece): void;
  /** The arrays of a request or answer, which the inbox then forgets. */
  take(id: number): readonly Uint8Array<ArrayBuffer>[];
}

/** An inbox with nothing in it. */
export function pieceInbox(): PieceInbox {
  const arrays = new Map<number, Uint8Array<ArrayBuffer>[]>();
  return {
    add: ({ id, index, byteLength, offset, bytes }) => {
      const own = arrays.get(id) ?? [];
      arrays.set(id, own);
      own[index] ??= new Uint8Array(byteLength);
      own[index].set(bytes, offset);
    },
    take: (id) => {
      const own = arrays.get(id) ?? [];
      arrays.delete(id);
      return own;
    },
  };
}
