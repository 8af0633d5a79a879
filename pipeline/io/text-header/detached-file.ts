import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError } from "../../volume/errors.ts";
import { quotedText } from "./text-header.ts";

/**
 * The file beside a header that the header names; never one anywhere else.
 *
 * Errors: FormatError <prefix>_DATA_FILE for a name with a folder in it, a missing file, a link that leads away
 */
export async function detachedFileOf(headerPath: string, name: string, prefix: string): Promise<string> {
  const plain = name.replace(/^\.\//, "");
  const error = (expected: string, got: string) =>
    new FormatError({
      code: `${prefix}_DATA_FILE`,
      where: headerPath,
      expected,
      got,
      next: "Put the voxels' file beside its header, under the name in the header",
    });
  if (plain === "" || plain === "." || plain === ".." || /[/\\:\0]/.test(plain) || basename(plain) !== plain)
    throw error("the plain name of a file beside the header", quotedText(name));
  const path = join(dirname(headerPath), plain);
  const [folder, real] = await Promise.all([realpath(dirname(headerPath)), realpath(path).catch(() => undefined)]);
  if (real === undefined) throw error(`a file ${quotedText(plain)} beside the header`, "none");
  if (dirname(real) !== folder)
    throw error(`${quotedText(plain)} to be a file, not a link`, "a link to another folder");
  return path;
}
