import { FormatError } from "../../volume/errors.ts";
import { type RegularFile, readInto } from "../regular-file.ts";

/** Lines at the start of a file, and where its voxels may begin. */
export interface TextHeader {
  readonly lines: readonly string[];
  /** First byte behind the last line. */
  readonly end: number;
}

/** A header with descriptions of hundreds of segments has a tenth of this. */
const MOST_HEADER_BYTES = 2 ** 20;

const LINE_FEED = 10;

/**
 * Reads lines up to and with the first that `isLast`, or to the end of a file that has none.
 *
 * Errors: FormatError <prefix>_HEADER when there is no such line within the first MiB
 */
export async function readTextHeader(
  { handle, path, bytes }: RegularFile,
  { isLast, prefix }: { readonly isLast: (line: string) => boolean; readonly prefix: string },
): Promise<TextHeader> {
  const buffer = Buffer.alloc(Math.min(MOST_HEADER_BYTES, bytes));
  const head = buffer.subarray(0, await readInto(handle, buffer, 0));
  const lines: string[] = [];
  for (let start = 0; start < head.length; ) {
    const found = head.indexOf(LINE_FEED, start);
    const end = found < 0 ? head.length : found;
    const line = head.toString("utf8", start, end).replace(/\r$/, "");
    lines.push(line);
    start = end + 1;
    if (isLast(line)) return { lines, end: Math.min(start, head.length) };
  }
  if (head.length === bytes) return { lines, end: bytes };
  throw headerError({ where: path, prefix }, `lines of at most ${MOST_HEADER_BYTES} bytes`, "no end of them");
}

/** The refusal of a header that cannot be understood. */
export function headerError(
  { where, prefix }: { readonly where: string; readonly prefix: string },
  expected: string,
  got: string,
  next = "Check the image with the program that made it",
): FormatError {
  return new FormatError({ code: `${prefix}_HEADER`, where, expected, got, next });
}

/** Numbers between white space; what is none becomes NaN. */
export function numbersIn(text: string): readonly number[] {
  const words = text.trim().split(/\s+/);
  return words.map((word) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : NaN));
}

/** A short one-line form of untrusted text, for a message. */
export function quotedText(text: string): string {
  return JSON.stringify(printable(text).slice(0, 40));
}

/** Text without what is not printable. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}
