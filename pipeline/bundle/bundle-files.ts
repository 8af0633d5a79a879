import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { ModelError, type Problem } from "../volume/errors.ts";
import { quoted } from "./quoted.ts";
import { RELATIVE_PATH } from "./schema-parts.ts";

/** The files of a bundle, wherever they lie. Paths are relative, with `/`. */
export interface BundleFiles {
  /** Folder or archive, for messages. */
  readonly where: string;
  readonly kind: "folder" | "zip";
  /** Every file there is. */
  readonly names: () => Promise<readonly string[]>;
  /** Size of a file that may be read; `undefined` where there is none. */
  readonly sizeOf: (path: string) => Promise<number | undefined>;
  /** The whole file; ModelError when it is larger than `maxBytes`, or no plain file below the bundle. */
  readonly read: (path: string, maxBytes: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/**
 * The files of a bundle that is a folder.
 *
 * No link is followed below the folder, nothing but plain files is opened, and opening never waits.
 *
 * Errors: ModelError M_MISSING; `read` and `sizeOf` M_PATH, M_SIZE, M_ACCESS besides
 */
export async function folderFiles(folder: string): Promise<BundleFiles> {
  const root = await realpath(folder).catch((error: NodeJS.ErrnoException) =>
    refuseFile(folder, {
      code: "M_MISSING",
      expected: "a folder that can be read",
      got: error.code ?? "none",
      next: "Check the path",
    }),
  );
  return {
    where: folder,
    kind: "folder",
    names: () => namesBelow(root),
    sizeOf: (path) => sizeBelow(root, path),
    read: (path, maxBytes) => readBelow(root, { path, maxBytes }),
    close: async () => {},
  };
}

/** Throws what every unreadable or unacceptable file of a bundle throws. */
export function refuseFile(path: string, problem: Pick<Problem, "code" | "expected" | "got" | "next">): never {
  throw new ModelError({ ...problem, where: path });
}

async function namesBelow(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const relative = (path: string) => path.slice(root.length + 1).replaceAll("\\", "/");
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(join(entry.parentPath, entry.name)))
    .sort();
}

async function sizeBelow(root: string, path: string): Promise<number | undefined> {
  await assertInside(root, path);
  try {
    return (await lstat(join(root, path))).size;
  } catch {
    return undefined;
  }
}

async function readBelow(root: string, { path, maxBytes }: { path: string; maxBytes: number }): Promise<Uint8Array> {
  await assertInside(root, path);
  const handle = await openPlain(root, path);
  try {
    const { size } = await handle.stat();
    assertSize(path, { size, maxBytes });
    return await readExactly(handle, { path, size });
  } finally {
    await handle.close();
  }
}

/**
 * Refuses a file that is larger than may be read.
 *
 * Errors: ModelError M_SIZE
 */
export function assertSize(path: string, { size, maxBytes }: { size: number; maxBytes: number }): void {
  if (size > maxBytes)
    refuseFile(path, {
      code: "M_SIZE",
      expected: `at most ${maxBytes} bytes`,
      got: `${size}`,
      next: "Raise the limit if you trust the bundle",
    });
}

/** Refuses paths that could lead out of the folder, links among their parts included. */
async function assertInside(root: string, path: string): Promise<void> {
  if (!RELATIVE_PATH.test(path)) outside(path, quoted(path));
  const parts = path.split("/");
  for (let n = 1; n <= parts.length; n++) {
    const part = parts.slice(0, n).join("/");
    const found = await lstat(join(root, part)).catch(() => undefined);
    if (found?.isSymbolicLink()) outside(path, `a symbolic link at ${part}`);
    if (found !== undefined && n === parts.length && !found.isFile()) outside(path, "something else");
  }
}

function outside(path: string, got: string): never {
  refuseFile(RELATIVE_PATH.test(path) ? path : "bundle", {
    code: "M_PATH",
    expected: "a plain file below the bundle's folder",
    got,
    next: "Put the file itself into the bundle",
  });
}

async function openPlain(root: string, path: string): Promise<FileHandle> {
  // Links are refused again by the kernel, and a pipe in the file's place does not make us wait.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(join(root, path), flags).catch((error: NodeJS.ErrnoException) =>
    refuseFile(path, {
      code: error.code === "ENOENT" ? "M_MISSING" : "M_ACCESS",
      expected: "a readable file of the bundle",
      got: error.code ?? "none",
      next: "Check that the bundle is complete",
    }),
  );
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return outside(path, "something else");
}

async function readExactly(handle: FileHandle, { path, size }: { path: string; size: number }): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await handle.read(bytes, done, size - done, done);
    if (bytesRead === 0)
      refuseFile(path, { code: "M_MISSING", expected: `${size} bytes`, got: `${done}`, next: "Try again" });
    done += bytesRead;
  }
  return bytes;
}
