import { readList } from "../io/read-list.ts";
import { ConfigError } from "../volume/errors.ts";

/**
 * The bytes of a file that a person names or a run keeps, such as settings or a plan.
 *
 * Errors: ConfigError C_FILE when there is none; as `readList`
 */
export async function readSettings(path: string, what: string): Promise<Uint8Array> {
  const bytes = await readList(path);
  if (bytes !== undefined) return bytes;
  throw new ConfigError({ code: "C_FILE", where: path, expected: what, got: "no file", next: "Correct the path" });
}
