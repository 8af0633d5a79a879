import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { FormatError } from "../volume/errors.ts";
import { systemCodeOf } from "./environment.ts";

/** An open file that is known to be one, and its size. */
export interface RegularFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly bytes: number;
}

/**
 * Opens a file for reading, never a pipe, device, socket or folder, and never waiting for one; closes it after `use`.
 *
 * Errors: FormatError F_NOT_REGULAR, F_ACCESS, F_CHANGED (it is gone) or F_TOO_BIG
 */
export async function withRegularFile<T>(
  path: string,
  { fileBytes }: { readonly fileBytes: number },
  use: (file: RegularFile) => Promise<T>,
): Promise<T> {
  const handle = await openWithoutWaiting(path);
  try {
    const { size } = await assertRegular(path, handle);
    if (size > fileBytes) throw tooBigError(path, { size, fileBytes });
    return await use({ path, handle, bytes: size });
  } finally {
    await handle.close();
  }
}

/** Fills `into` from a position in the file; returns how many bytes there were. */
export async function readInto(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, Math.min(into.length - done, 2 ** 30), position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** O_NONBLOCK: opening a named pipe returns at once instead of waiting for a writer. */
async function openWithoutWaiting(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw openErrorOf(error, path);
  }
}

async function assertRegular(path: string, handle: FileHandle): Promise<{ readonly size: number }> {
  const found = await handle.stat();
  if (found.isFile()) return found;
  throw notRegularError(path, found.isDirectory() ? "a folder" : "a pipe, device or socket");
}

function openErrorOf(error: unknown, path: string): unknown {
  const code = systemCodeOf(error);
  if (code === "ELOOP" || code === "ENXIO")
    return notRegularError(path, `a ${code === "ELOOP" ? "link loop" : "device"}`);
  if (code === "ENOENT")
    return new FormatError({
      code: "F_CHANGED",
      where: path,
      expected: "a file",
      got: "nothing of that name",
      next: "Check the spelling; if it was there a moment ago, let the copying finish first",
    });
  if (code === "EACCES" || code === "EPERM")
    return new FormatError({
      code: "F_ACCESS",
      where: path,
      expected: "a file that this user may read",
      got: `no permission (${code})`,
      next: "Change its permissions",
    });
  return error;
}

/** The refusal of what is no ordinary file. */
export function notRegularError(path: string, got: string): FormatError {
  return new FormatError({
    code: "F_NOT_REGULAR",
    where: path,
    expected: "an ordinary file",
    got,
    next: "Pass the image file itself",
  });
}

function tooBigError(path: string, { size, fileBytes }: { size: number; fileBytes: number }): FormatError {
  return new FormatError({
    code: "F_TOO_BIG",
    where: path,
    expected: `a file of at most ${fileBytes} bytes`,
    got: `${size} bytes`,
    next: "Raise the limit fileBytes if you trust the file",
  });
}
