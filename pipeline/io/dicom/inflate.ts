import { constants, inflateRawSync } from "node:zlib";
import type { Limits } from "../../volume/limits.ts";
import { dicomError } from "./faults.ts";

/** Bytes behind the expected ones that are tolerated. */
const MOST_LEFTOVERS = 2 ** 16;

interface InflateOptions {
  readonly where: string;
  readonly limits: Limits;
}

/** What the first bytes of a deflated data set inflate to: at most 1032 times as many, zlib's bound. */
export function inflateHead(deflated: Uint8Array, { where, limits }: InflateOptions): Uint8Array {
  return inflate(deflated, { where, mostBytes: limits.inflatedBytes, partial: true });
}

/**
 * A whole deflated data set.
 *
 * Errors: FormatError D_INFLATE_CAP when it is larger than the limits or `expectedBytes` allow, D_INFLATE_TRUNC when the
 *         stream ends early, D_INFLATE when it is damaged
 */
export function inflateWhole(
  deflated: Uint8Array,
  { where, limits, expectedBytes }: InflateOptions & { readonly expectedBytes: number },
): Uint8Array {
  if (expectedBytes > limits.inflatedBytes) throw capError(where, limits.inflatedBytes);
  const mostBytes = Math.min(limits.inflatedBytes, expectedBytes + MOST_LEFTOVERS);
  return inflate(deflated, { where, mostBytes, partial: false });
}

function inflate(
  deflated: Uint8Array,
  { where, mostBytes, partial }: { readonly where: string; readonly mostBytes: number; readonly partial: boolean },
): Uint8Array {
  try {
    return inflateRawSync(deflated, {
      maxOutputLength: mostBytes,
      chunkSize: 2 ** 18,
      ...(partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {}),
    });
  } catch (error) {
    throw inflateErrorOf(error, where, mostBytes);
  }
}

function inflateErrorOf(error: unknown, where: string, mostBytes: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_BUFFER_TOO_LARGE") return capError(where, mostBytes);
  const truncated = code === "Z_BUF_ERROR";
  if (!truncated && code !== "Z_DATA_ERROR") return error;
  return dicomError(where, {
    code: truncated ? "D_INFLATE_TRUNC" : "D_INFLATE",
    expected: "one intact deflated data set",
    got: truncated ? "a stream that ends too early" : "damaged compressed data",
    next: "Copy the file again",
  });
}

function capError(where: string, mostBytes: number): Error {
  return dicomError(where, {
    code: "D_INFLATE_CAP",
    expected: `a data set of at most ${mostBytes} bytes when inflated`,
    got: "more",
    next: "Raise the limit inflatedBytes if you trust the file",
  });
}
