import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { FormatError } from "../volume/errors.ts";
import type { InputFile } from "../volume/scan.ts";
import { readInto, withRegularFile } from "./regular-file.ts";

/** Bytes hashed between two turns of the event loop. */
const HASH_PIECE_BYTES = 2 ** 20;

/** Files by how they were found: size, times and place on disk. */
export type FileState = ReadonlyMap<string, string>;

/** How files are now; compare with `assertUnchanged` once they are read. */
export async function fileStateOf(paths: readonly string[]): Promise<FileState> {
  const states = await Promise.all(paths.map(stateOf));
  return new Map(paths.map((path, i) => [path, states[i]]));
}

/**
 * Refuses files that were touched while they were read: what was read may be half old and half new.
 *
 * Errors: FormatError F_CHANGED
 */
export async function assertUnchanged(before: FileState): Promise<void> {
  const after = await fileStateOf([...before.keys()]);
  for (const [path, state] of before) if (after.get(path) !== state) throw changedError(path);
}

/**
 * Size and SHA-256 of files.
 *
 * Errors: FormatError F_CHANGED, F_ACCESS, F_NOT_REGULAR, F_TOO_BIG; the signal's reason when aborted
 */
export async function inputFilesOf(
  paths: readonly string[],
  { fileBytes, signal }: { readonly fileBytes: number; readonly signal?: AbortSignal | undefined },
): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const path of paths) files.push(await inputFileOf(path, { fileBytes, signal }));
  return files;
}

function inputFileOf(
  path: string,
  { fileBytes, signal }: { readonly fileBytes: number; readonly signal: AbortSignal | undefined },
): Promise<InputFile> {
  return withRegularFile(path, { fileBytes }, async ({ handle, bytes }) => {
    const hash = createHash("sha256");
    const piece = new Uint8Array(Math.min(HASH_PIECE_BYTES, bytes));
    for (let position = 0; position < bytes; ) {
      signal?.throwIfAborted();
      const count = await readInto(handle, piece, position);
      if (count === 0) throw changedError(path);
      hash.update(piece.subarray(0, count));
      position += count;
    }
    return { path, bytes, sha256: hash.digest("hex") };
  });
}

async function stateOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) throw changedError(path);
  return [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
}

function changedError(path: string): FormatError {
  return new FormatError({
    code: "F_CHANGED",
    where: path,
    expected: "a file that stays as it is while it is read",
    got: "one that changed or vanished",
    next: "Let the copying finish first",
  });
}
