import { basename, dirname, relative, resolve } from "node:path";
import { caseIdOf, isVolumeFile } from "../../io/volume-names.ts";
import { walkFiles } from "../../io/walk-files.ts";
import { FormatError } from "../../volume/errors.ts";
import { defaultLimits } from "../../volume/limits.ts";
import { plainName } from "../label-files.ts";

/** Where the probabilities of a case are. */
export type ProbabilityFiles =
  /** NumPy's archive, as nnU-Net writes it. */
  | { readonly kind: "npz"; readonly path: string }
  /** An image of several volumes. */
  | { readonly kind: "volumes"; readonly path: string }
  /** An image per class, named after it. */
  | { readonly kind: "classes"; readonly paths: readonly string[] };

/** Finds the probabilities of a case. */
export type FindProbabilities = (name: string) => ProbabilityFiles;

/**
 * Looks for probabilities below a folder: `<case>.npz`, an image of the case's name with a volume per class, or a folder
 * of the case's name with an image per class. Images count only where there is no archive.
 *
 * Errors: ConfigError C_INPUT; when asked, FormatError E_PROBABILITIES for a case without any
 */
export async function findProbabilities(folder: string, signal?: AbortSignal): Promise<FindProbabilities> {
  const root = resolve(folder);
  const { files } = await walkFiles([folder], { limit: defaultLimits.files, signal });
  const found = new Map<string, ProbabilityFiles>();
  const archives = files.filter((path) => /\.npz$/i.test(path));
  // Label maps lie beside archives.
  const images = archives.length > 0 ? [] : files.filter((path) => isVolumeFile(basename(path)));
  for (const path of images) {
    const inside = relative(root, dirname(path)).toLowerCase();
    const before = found.get(inside);
    const paths = before?.kind === "classes" ? before.paths : [];
    if (inside !== "") found.set(inside, { kind: "classes", paths: [...paths, path] });
  }
  // A file that is named after the case goes before a folder of its name.
  for (const path of images) found.set(plainName(caseIdOf(path)), { kind: "volumes", path });
  for (const path of archives) found.set(plainName(basename(path).slice(0, -".npz".length)), { kind: "npz", path });
  return (name) => {
    const own = found.get(plainName(name));
    if (own === undefined) throw missingError(name, folder);
    return own;
  };
}

function missingError(where: string, folder: string): FormatError {
  return new FormatError({
    code: "E_PROBABILITIES",
    where,
    expected: `probabilities of the case in ${basename(folder)}`,
    got: "none",
    next: "Save <case>.npz as nnU-Net does, an image with a volume per class, or <case>/<class>.nii.gz",
  });
}
