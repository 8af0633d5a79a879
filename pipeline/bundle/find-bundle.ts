import { readdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../volume/errors.ts";
import type { Limits } from "../volume/limits.ts";
import { type BundleFiles, folderFiles } from "./bundle-files.ts";
import { zipFiles } from "./zip-files.ts";

/** Where the bundles of the package lie; this file runs from `build/pipeline/bundle/`. */
const zooFolder = fileURLToPath(new URL("../../../models/zoo/", import.meta.url));

/**
 * The files of a bundle by path, or by name when it ships with the package; a path that exists comes first.
 *
 * Errors: ConfigError M_NOT_FOUND, which lists the names; ModelError Z_… for an archive that cannot be trusted
 */
export async function findBundle(pathOrName: string, limits: Limits): Promise<BundleFiles> {
  const found = await stat(pathOrName).catch(() => undefined);
  if (found?.isDirectory()) return folderFiles(pathOrName);
  if (found?.isFile()) return zipFiles(pathOrName, limits);
  const names = await zooNames();
  if (found === undefined && names.includes(pathOrName)) return folderFiles(`${zooFolder}${pathOrName}`);
  throw new ConfigError({
    code: "M_NOT_FOUND",
    where: pathOrName,
    expected: `a bundle: a folder, a .zip archive or one of ${names.join(", ")}`,
    got: found === undefined ? "nothing of that name" : "something else",
    next: "Check the path",
  });
}

/** Names of the bundles that ship with the package. */
export async function zooNames(): Promise<readonly string[]> {
  const entries = await readdir(zooFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
