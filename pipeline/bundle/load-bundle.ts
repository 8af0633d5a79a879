import { createHash } from "node:crypto";
import { defaultLimits, type Limits } from "../volume/limits.ts";
import { type BundleFiles, refuseFile } from "./bundle-files.ts";
import { checkGraph } from "./check-graph.ts";
import { checkNetwork } from "./check-network.ts";
import { findBundle } from "./find-bundle.ts";
import { type BundleManifest, MANIFEST_FILE, type ManifestNetwork } from "./manifest-schema.ts";
import { type ExternalFile, externalFilesOf, impostorOf, readGraph } from "./network-files.ts";
import { readManifest } from "./read-manifest.ts";

/** A file whose content is known by its hash. */
export interface HashedFile {
  /** Relative to the bundle. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256. */
  readonly sha256: string;
}

/** A model on disk that was checked and may be run. Close it when its networks are loaded. */
export interface Bundle {
  /** Folder or archive that it was read from. */
  readonly path: string;
  readonly manifest: BundleManifest;
  /** In the manifest's order. */
  readonly networks: readonly BundleNetwork[];
  /** Every file that the bundle's meaning depends on, the manifest first. */
  readonly files: readonly HashedFile[];
  /** Hexadecimal SHA-256 over the paths and hashes of `files`: the same content has the same hash anywhere. */
  readonly sha256: string;
  readonly close: () => Promise<void>;
}

/** One network of a bundle. */
export interface BundleNetwork {
  readonly settings: ManifestNetwork;
  /** File of the graph, for messages. */
  readonly where: string;
  /** Reads the graph and its weights, anew at each call; ModelError M_HASH when they changed since the bundle was loaded. */
  readonly read: () => Promise<NetworkBytes>;
}

/** A graph and the files that it keeps weights in, by the names it gives them. */
export interface NetworkBytes {
  readonly model: Uint8Array;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** How a bundle is opened. */
export interface LoadBundleOptions {
  readonly limits?: Limits;
  /** Stops between two networks. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a bundle and checks all of it: manifest, hashes, graphs, external weights.
 *
 * `pathOrName` is a folder, a .zip archive, or the name of a bundle that ships with the package.
 *
 * Errors: ConfigError M_MANIFEST, M_LABELS, M_VERSION, M_NOT_FOUND; ModelError with a code of its own for everything else
 *         that is wrong with the bundle; the signal's reason
 */
export async function loadBundle(
  pathOrName: string,
  { limits = defaultLimits, signal }: LoadBundleOptions = {},
): Promise<Bundle> {
  const files = await findBundle(pathOrName, limits);
  try {
    return await checkedBundle(files, { modelBytes: limits.modelBytes, signal });
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function checkedBundle(
  files: BundleFiles,
  { modelBytes, signal }: { readonly modelBytes: number; readonly signal: AbortSignal | undefined },
): Promise<Bundle> {
  const manifestBytes = await files.read(MANIFEST_FILE, modelBytes);
  const manifest = readManifest(manifestBytes, `${files.where}/${MANIFEST_FILE}`);
  const reader = hashingReader(files, { listed: manifest.files, modelBytes });
  const networks: BundleNetwork[] = [];
  for (const settings of manifest.networks) {
    signal?.throwIfAborted();
    networks.push(await checkedNetwork(settings, { manifest, files, reader }));
  }
  for (const { path } of manifest.files ?? []) {
    signal?.throwIfAborted();
    if (!reader.seen.has(path)) await reader.read(path);
  }
  await refuseUnlisted(files, { manifest, used: [...reader.seen.keys()] });
  const known = [hashedFile(MANIFEST_FILE, manifestBytes), ...[...reader.seen.values()].sort(byPath)];
  return { path: files.where, manifest, networks, files: known, sha256: hashOfFiles(known), close: files.close };
}

/** Reads files and remembers their hashes; a file that was read before must not have changed. */
interface HashingReader {
  readonly seen: ReadonlyMap<string, HashedFile>;
  readonly read: (path: string) => Promise<Uint8Array>;
}

function hashingReader(
  files: BundleFiles,
  { listed, modelBytes }: { readonly listed: readonly HashedFile[] | undefined; readonly modelBytes: number },
): HashingReader {
  const seen = new Map<string, HashedFile>();
  const expected = new Map((listed ?? []).map((file) => [file.path, file]));
  const read = async (path: string) => {
    if (listed !== undefined && !expected.has(path)) refuseUnhashed(path);
    const bytes = await files.read(path, modelBytes);
    const found = hashedFile(path, bytes);
    assertHash(found, { wanted: seen.get(path) ?? expected.get(path), bytes });
    seen.set(path, found);
    return bytes;
  };
  return { seen, read };
}

function hashedFile(path: string, bytes: Uint8Array): HashedFile {
  return { path, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function refuseUnhashed(path: string): never {
  refuseFile(path, {
    code: "M_HASH",
    expected: "a hash of every file in the manifest's `files`",
    got: "none for this one",
    next: "List it, or leave `files` out",
  });
}

function assertHash(
  found: HashedFile,
  { wanted, bytes }: { readonly wanted: HashedFile | undefined; readonly bytes: Uint8Array },
): void {
  if (wanted === undefined || (wanted.sha256 === found.sha256 && wanted.bytes === found.bytes)) return;
  const impostor = impostorOf(bytes);
  refuseFile(found.path, {
    code: "M_HASH",
    expected: `${wanted.bytes} bytes with SHA-256 ${wanted.sha256}`,
    got: impostor?.got ?? `${found.bytes} bytes with ${found.sha256}`,
    next: impostor?.next ?? "Copy the file again; it is damaged or was changed",
  });
}

async function checkedNetwork(
  settings: ManifestNetwork,
  { manifest, files, reader }: { manifest: BundleManifest; files: BundleFiles; reader: HashingReader },
): Promise<BundleNetwork> {
  const where = `${files.where}/${settings.file}`;
  const graph = readGraph(await reader.read(settings.file), where);
  checkGraph(graph, where);
  checkNetwork(graph, { network: settings, inputChannels: manifest.input.channels.length, where });
  const external = await externalFilesOf(graph, { files, graphPath: settings.file });
  for (const { path } of external) await reader.read(path);
  return { settings, where, read: () => readNetwork(settings.file, { external, reader }) };
}

async function readNetwork(
  file: string,
  { external, reader }: { readonly external: readonly ExternalFile[]; readonly reader: HashingReader },
): Promise<NetworkBytes> {
  const externalData: { path: string; data: Uint8Array }[] = [];
  for (const { location, path } of external) externalData.push({ path: location, data: await reader.read(path) });
  return { model: await reader.read(file), externalData };
}

/** Texts that belong to any bundle without being part of what it computes. */
const DOCUMENTS = /^(?:README|LICEN[CS]E|NOTICE|CITATION|CHANGELOG)(?:\.(?:md|txt|cff))?$/;

/** An archive from elsewhere holds what its manifest speaks of and nothing more; a folder may lie among anything. */
async function refuseUnlisted(
  files: BundleFiles,
  { manifest, used }: { readonly manifest: BundleManifest; readonly used: readonly string[] },
): Promise<void> {
  if (files.kind === "folder") return;
  const known = new Set([MANIFEST_FILE, ...used]);
  const stray = (await files.names()).find(
    (name) => !known.has(name) && (manifest.files !== undefined || !DOCUMENTS.test(name)),
  );
  if (stray === undefined) return;
  refuseFile(stray, {
    code: "Z_UNLISTED",
    expected: "only files that the manifest names",
    got: "another one",
    next: "Remove it from the archive, or list it under `files`",
  });
}

function byPath(first: HashedFile, second: HashedFile): number {
  return first.path < second.path ? -1 : 1;
}

function hashOfFiles(files: readonly HashedFile[]): string {
  const hash = createHash("sha256");
  for (const { path, sha256 } of files) hash.update(`${path}\0${sha256}\n`);
  return hash.digest("hex");
}
