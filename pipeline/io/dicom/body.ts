import { FormatError } from "../../volume/errors.ts";
import type { Limits } from "../../volume/limits.ts";
import { dicomError, type WarningList } from "./faults.ts";
import type { FileMeta } from "./file-meta.ts";
import { inflateHead, inflateWhole } from "./inflate.ts";
import type { TransferSyntax } from "./transfer-syntaxes.ts";
import { walkDataSet } from "./walk.ts";

/** A data set about to be walked. */
export interface Body {
  readonly where: string;
  readonly limits: Limits;
  readonly warnings: WarningList;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly transferSyntax: TransferSyntax;
  readonly meta: FileMeta | undefined;
  /** May be more than `bytes` holds, when only the beginning of the file was read. */
  readonly totalBytes: number;
}

/** Bytes of a deflated data set that are inflated first, to learn how long the whole is. */
const HEAD_BYTES = 2 ** 14;

/**
 * What follows the file meta information, inflated where it is deflated.
 *
 * Errors: FormatError D_INFLATE, D_INFLATE_CAP, D_INFLATE_TRUNC; D_TRUNCATED when only the beginning is at hand
 */
export function bodyAfterMeta(file: Omit<Body, "start" | "transferSyntax" | "meta">, meta: FileMeta): Body {
  const { transferSyntax, end: start } = meta;
  const body = { ...file, start, transferSyntax, meta };
  if (!transferSyntax.deflated) return body;
  if (file.bytes.length < file.totalBytes) throw moreBytesError(file.where);
  const { where, limits } = file;
  const deflated = file.bytes.subarray(start);
  const bytes = inflateWhole(deflated, { where, limits, expectedBytes: expectedBytesOf(deflated, body) });
  return { ...body, bytes, start: 0, totalBytes: bytes.length };
}

/** The refusal that asks for the rest of a file. */
export function moreBytesError(where: string): Error {
  return dicomError(where, {
    code: "D_TRUNCATED",
    expected: "a whole data set",
    got: "its beginning",
    next: "The file is cut off; copy it again",
  });
}

/** How long a deflated data set says it is, found without inflating more than its header. */
function expectedBytesOf(deflated: Uint8Array, { where, limits, transferSyntax }: Body): number {
  for (let take = HEAD_BYTES; ; take *= 8) {
    const head = inflateHead(deflated.subarray(0, take), { where, limits });
    try {
      const { pixels } = walkDataSet(head, { where, limits, start: 0, ...transferSyntax, warn: () => {} });
      if (pixels !== undefined) return pixels.offset + pixels.length;
    } catch (error) {
      if (!(error instanceof FormatError) || error.problem.code !== "D_TRUNCATED") throw error;
    }
    if (take >= deflated.length) return head.length;
  }
}
