import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import yazl from "yazl";
import { type Append, writeFileWhole, writeFolderWhole } from "../io/atomic-write.ts";
import { ConfigError } from "../volume/errors.ts";
import { checkJson } from "./json-schema.ts";
import { loadBundle } from "./load-bundle.ts";
import { type BundleManifest, MANIFEST_FILE, manifestSchema, manifestText } from "./manifest-schema.ts";
import { checkManifest } from "./read-manifest.ts";

/** A bundle that is not on disk yet. */
export interface UnsavedBundle {
  /** Its `files` are worked out when it is saved. */
  readonly manifest: Omit<BundleManifest, "files">;
  /** Everything but the manifest, by path below the bundle. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Writes a bundle as a folder, or as an archive where the path ends in .zip, with the hash of every file in its manifest.
 *
 * It appears whole or not at all, and only after it could be loaded.
 *
 * Errors: ConfigError M_MANIFEST, M_LABELS when the manifest is wrong; ModelError as `loadBundle`; EnvironmentError when
 *         the folder has files in it or the place cannot be written; the signal's reason
 */
export async function saveBundle(
  path: string,
  { manifest: draft, files }: UnsavedBundle,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<BundleManifest> {
  const listed = [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256Of(bytes) }));
  listed.sort((first, second) => (first.path < second.path ? -1 : 1));
  const manifest = checkedManifest({ ...draft, files: listed }, join(path, MANIFEST_FILE));
  const all = new Map([...files, [MANIFEST_FILE, Buffer.from(manifestText(manifest))]]);
  const options = { check: assertLoads, ...(signal === undefined ? {} : { signal }) };
  if (path.toLowerCase().endsWith(".zip")) await writeFileWhole(path, (append) => appendZip(append, all), options);
  else await writeFolderWhole(path, (folder) => writeAll(folder, all), options);
  return manifest;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function checkedManifest(value: BundleManifest, where: string): BundleManifest {
  const manifest = checkJson(value, manifestSchema, { where, code: "M_MANIFEST" });
  checkManifest(manifest, where);
  if (!manifest.files?.some(({ path }) => path === MANIFEST_FILE)) return manifest;
  throw new ConfigError({
    code: "M_MANIFEST",
    where,
    expected: "the manifest once",
    got: "another one among the files",
    next: "Leave it out of the files",
  });
}

async function assertLoads(unpublished: string): Promise<void> {
  const bundle = await loadBundle(unpublished);
  await bundle.close();
}

async function writeAll(folder: string, files: UnsavedBundle["files"]): Promise<void> {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFileWhole(join(folder, path), (append) => append(bytes));
  }
}

/** Weights do not shrink; stored as they are, they are read faster. */
const entryOptions = { compress: false, mtime: new Date(0), mode: 0o100644 };

async function appendZip(append: Append, files: UnsavedBundle["files"]): Promise<void> {
  const archive = new yazl.ZipFile();
  for (const [path, bytes] of files) archive.addBuffer(Buffer.from(bytes), path, entryOptions);
  archive.end();
  for await (const chunk of archive.outputStream) await append(chunk as Buffer);
}
