import { constants, gunzipSync } from "node:zlib";
import type { Problem } from "../volume/errors.ts";
import { isGzip } from "./byte-source.ts";
import { readInto, withRegularFile } from "./regular-file.ts";

/** Bytes by which a format is recognised. */
export const HEAD_BYTES = 1024;

/** Deflated bytes looked at: enough for a gzip header with a long name and 1,024 bytes behind it. */
const DEFLATED_HEAD_BYTES = 4096;

/**
 * The first 1,024 bytes of an ordinary file, of what is inside where it is a gzip file.
 *
 * Empty:  fewer bytes from a shorter file
 * Errors: those of `withRegularFile`
 */
export function fileHeadOf(path: string, limits: { readonly fileBytes: number }): Promise<Uint8Array> {
  return withRegularFile(path, limits, async ({ handle }) => {
    const buffer = new Uint8Array(DEFLATED_HEAD_BYTES);
    const head = buffer.subarray(0, await readInto(handle, buffer, 0));
    return (isGzip(head) ? inflatedHeadOf(head) : head).slice(0, HEAD_BYTES);
  });
}

/** At most 4 MiB come out of so few bytes: deflate cannot grow data more than 1032 times. */
function inflatedHeadOf(head: Uint8Array): Uint8Array {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return head; // damaged: whichever reader the name promises will say how
  }
}

/**
 * Why a file that no reader claims is no scan, as far as its first bytes tell.
 *
 * Empty:  codes F_EMPTY, F_LFS_POINTER, F_WEB_PAGE, else F_UNKNOWN
 */
export function unknownContent(head: Uint8Array, path: string): Problem {
  const expected = "an image file";
  const known = misplacedContent(head);
  if (known !== undefined) return { where: path, expected, ...known };
  if (head.length === 0)
    return { code: "F_EMPTY", where: path, expected, got: "an empty file", next: "Copy or export it again" };
  const next = "Pass DICOM, NIfTI, NRRD, MetaImage or a common picture format";
  return { code: "F_UNKNOWN", where: path, expected, got: "content that no reader recognises", next };
}

/** What often lies where an image should be; undefined when it is none of that. */
export function misplacedContent(head: Uint8Array): Pick<Problem, "code" | "got" | "next"> | undefined {
  const text = String.fromCharCode(...head.subarray(0, 256))
    .trimStart()
    .toLowerCase();
  if (text.startsWith("version https://git-lfs.github.com/"))
    return { code: "F_LFS_POINTER", got: "a Git LFS pointer", next: "Fetch the file itself with git lfs pull" };
  if (text.startsWith("<!doctype html") || text.startsWith("<html"))
    return { code: "F_WEB_PAGE", got: "a web page saved as an image", next: "Download it again, logged in" };
  return undefined;
}
