import { crc32 } from "node:zlib";
import { openZip, type ZipArchive, type ZipEntry } from "../io/zip-archive.ts";
import { ModelError, type Problem } from "../volume/errors.ts";
import type { Limits } from "../volume/limits.ts";
import { assertSize, type BundleFiles, refuseFile } from "./bundle-files.ts";
import { MANIFEST_FILE } from "./manifest-schema.ts";
import { quoted } from "./quoted.ts";
import { RELATIVE_PATH } from "./schema-parts.ts";

type ZipLimits = Pick<Limits, "zipBytes" | "zipEntries">;

/** Weights hardly shrink; an archive that grows more than this, beyond a free allowance, is a bomb. */
const LARGEST_RATIO = 100;
const FREE_BYTES = 64 * 2 ** 20;

const ENCRYPTED = 1;
const FILE_TYPE_MASK = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/**
 * The files of a bundle that is a .zip archive. Nothing is unpacked to disk.
 *
 * A single folder around everything is looked through. Every name is checked before any byte is inflated, and a file is
 * inflated no further than the size it declares.
 *
 * Errors: ModelError Z_FORMAT, Z_COUNT, Z_PATH, Z_SYMLINK, Z_CASE, Z_ENCRYPTED, Z_SIZE
 */
export async function zipFiles(path: string, limits: ZipLimits): Promise<BundleFiles> {
  const archive = await namingFaults(path, () => openZip(path));
  try {
    const entries = withoutOuterFolder(await checkedEntries(archive, { path, limits }));
    return {
      where: path,
      kind: "zip",
      names: async () => [...entries.keys()].sort(),
      sizeOf: async (name) => entries.get(name)?.uncompressedSize,
      read: (name, maxBytes) => readEntry(archive, entries.get(name), { name, maxBytes }),
      close: async () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

type Entries = ReadonlyMap<string, ZipEntry>;

async function checkedEntries(
  archive: ZipArchive,
  { path, limits }: { readonly path: string; readonly limits: ZipLimits },
): Promise<Entries> {
  assertCount(path, { count: archive.entryCount, limits });
  const entries = new Map<string, ZipEntry>();
  const lowerCase = new Set<string>();
  await namingFaults(path, async () => {
    for await (const entry of archive.eachEntry()) {
      const name = checkedName(path, entry);
      if (lowerCase.has(name.toLowerCase()))
        refuseZip(path, { code: "Z_CASE", expected: "names that differ in more than case", got: quoted(name) });
      lowerCase.add(name.toLowerCase());
      if (!isFolder(entry)) entries.set(name, entry);
    }
  });
  assertInflatedSize(path, { entries, limits });
  return entries;
}

function assertCount(path: string, { count, limits }: { count: number; limits: ZipLimits }): void {
  if (count > limits.zipEntries)
    refuseZip(path, { code: "Z_COUNT", expected: `at most ${limits.zipEntries} entries`, got: `${count}` });
}

function checkedName(path: string, entry: ZipEntry): string {
  const name = entry.fileNameRaw.toString("latin1").replace(/\/$/, "");
  if (!RELATIVE_PATH.test(name))
    refuseZip(path, { code: "Z_PATH", expected: "plain ASCII paths that stay inside", got: quoted(name) });
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK) === SYMBOLIC_LINK)
    refuseZip(path, { code: "Z_SYMLINK", expected: "files and folders only", got: `a symbolic link ${name}` });
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0)
    refuseZip(path, { code: "Z_ENCRYPTED", expected: "entries without a password", got: `an encrypted ${name}` });
  return name;
}

function isFolder(entry: ZipEntry): boolean {
  return entry.fileNameRaw.at(-1) === "/".charCodeAt(0);
}

function assertInflatedSize(path: string, { entries, limits }: { entries: Entries; limits: ZipLimits }): void {
  let inflated = 0;
  let stored = 0;
  for (const { uncompressedSize, compressedSize } of entries.values()) {
    inflated += uncompressedSize;
    stored += compressedSize;
  }
  const allowed = Math.min(limits.zipBytes, FREE_BYTES + LARGEST_RATIO * stored);
  if (inflated > allowed)
    refuseZip(path, { code: "Z_SIZE", expected: `at most ${allowed} bytes unpacked`, got: `${inflated}` });
}

/** People zip the folder as often as what is in it. */
function withoutOuterFolder(entries: Entries): Entries {
  if (entries.has(MANIFEST_FILE)) return entries;
  const manifest = [...entries.keys()].find(
    (name) => /^[^/]+\/[^/]+$/.test(name) && name.endsWith(`/${MANIFEST_FILE}`),
  );
  const folder = manifest?.slice(0, -MANIFEST_FILE.length) ?? "";
  if (![...entries.keys()].every((name) => name.startsWith(folder))) return entries;
  return new Map([...entries].map(([name, entry]) => [name.slice(folder.length), entry]));
}

async function readEntry(
  archive: ZipArchive,
  entry: ZipEntry | undefined,
  { name, maxBytes }: { readonly name: string; readonly maxBytes: number },
): Promise<Uint8Array> {
  if (entry === undefined)
    return refuseFile(name, { code: "M_MISSING", expected: "a file of the bundle", got: "none", next: "Add it" });
  const size = entry.uncompressedSize;
  assertSize(name, { size, maxBytes });
  const bytes = await namingFaults(name, () => inflated(archive, entry));
  if (bytes.length === size && crc32(bytes) === entry.crc32) return bytes;
  return refuseZip(name, { code: "Z_FORMAT", expected: `${size} bytes with the checksum it declares`, got: "others" });
}

async function inflated(archive: ZipArchive, entry: ZipEntry): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(entry.uncompressedSize);
  let done = 0;
  // yauzl ends the stream with an error as soon as it gives more than the entry declares.
  for await (const chunk of await archive.openReadStreamPromise(entry)) done += (chunk as Buffer).copy(bytes, done);
  return bytes.subarray(0, done);
}

/** Turns what yauzl throws into a refusal; its texts speak of the archive only. */
async function namingFaults<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    const got = error instanceof Error ? quoted(error.message) : "another one";
    return refuseZip(path, { code: "Z_FORMAT", expected: "a whole .zip archive on one disk", got });
  }
}

function refuseZip(where: string, problem: Pick<Problem, "code" | "expected" | "got">): never {
  throw new ModelError({ ...problem, where, next: "Pack the bundle's folder again with a plain zip program" });
}
