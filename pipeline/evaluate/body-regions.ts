import { basename, dirname, relative, resolve } from "node:path";
import { readScan } from "../io/read-scan.ts";
import { caseIdOf, isVolumeFile } from "../io/volume-names.ts";
import { walkFiles } from "../io/walk-files.ts";
import { ontoGrid } from "../kernels/onto-grid.ts";
import { FormatError } from "../volume/errors.ts";
import { defaultLimits } from "../volume/limits.ts";
import type { Grid } from "../volume/volume.ts";
import { bodyMaskOf } from "./body-mask.ts";
import { plainName } from "./label-files.ts";
import type { PrevalenceRegion } from "./prevalence.ts";
import type { RegionChoice } from "./region-choice.ts";

type BodyChoice = Extract<RegionChoice, { kind: "body" }>;

/** The body of each case, from the image of its name. */
export type BodyRegions = (name: string, reference: Grid) => Promise<PrevalenceRegion>;

/**
 * Finds the images of cases: files of their names, the first channel of several, or folders of DICOM slices.
 *
 * Errors: ConfigError C_INPUT; when asked, FormatError E_IMAGE for a case without an image, GeometryError G_GRID for one
 *         that lies elsewhere than the reference
 */
export async function bodyRegions({ images, above }: BodyChoice, signal?: AbortSignal): Promise<BodyRegions> {
  const paths = await imagesIn(images, signal);
  return async (name, reference) => {
    const path = paths.get(plainName(name));
    if (path === undefined) throw imageError(name, images);
    const { channels } = await readScan(path, { signal });
    return { kind: "body", mask: bodyMaskOf(ontoGrid(channels[0], reference, path), above).mask };
  };
}

/** Files and folders by the names of their cases. */
async function imagesIn(folder: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>> {
  const root = resolve(folder);
  const { files } = await walkFiles([folder], { limit: defaultLimits.files, signal });
  const images = new Map<string, string>();
  for (const path of files) {
    const inside = relative(root, dirname(path));
    const isSlice = /\.dcm$/i.test(path) || !isVolumeFile(basename(path));
    if (isSlice && inside !== "") images.set(inside.toLowerCase(), dirname(path));
  }
  // A file named after its case is meant rather than a folder.
  for (const path of files) if (isVolumeFile(basename(path))) images.set(plainName(caseIdOf(path)), path);
  return images;
}

function imageError(where: string, folder: string): FormatError {
  return new FormatError({
    code: "E_IMAGE",
    where,
    expected: `an image of the case in ${basename(folder)}`,
    got: "none",
    next: "Name images as their references, or take the prevalence in the whole field",
  });
}
