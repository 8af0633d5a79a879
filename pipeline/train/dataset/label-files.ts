import type { LabelSource } from "./training-dataset.ts";

/** The files that labels are read from. */
export function labelFilesOf(source: LabelSource): readonly string[] {
  if (source.kind === "label-map") return [source.path];
  return source.kind === "masks" ? source.paths.map(({ path }) => path) : source.paths;
}
