import { homedir } from "node:os";
import { join } from "node:path";

/** Where prepared cases are kept: `RAREVOX_CACHE`, else the user's cache folder as the platform has it. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { RAREVOX_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (RAREVOX_CACHE !== undefined) return RAREVOX_CACHE;
  if (process.platform === "win32") return join(LOCALAPPDATA ?? homedir(), "rarevox", "cases");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "rarevox", "cases");
  return join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "rarevox", "cases");
}
