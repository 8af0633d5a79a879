import { stat } from "node:fs/promises";
import { readInto, withRegularFile } from "./regular-file.ts";

/** Far more than the largest data set's list has. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * The bytes of a small file such as `dataset.json`, or undefined where there is none.
 *
 * Errors: FormatError F_TOO_BIG, F_NOT_REGULAR, F_ACCESS
 */
export async function readList(path: string): Promise<Uint8Array | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  return withRegularFile(path, { fileBytes: MOST_BYTES }, async ({ handle, bytes }) => {
    const content = new Uint8Array(bytes);
    return content.subarray(0, await readInto(handle, content, 0));
  });
}
