import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { labelFilesOf } from "./label-files.ts";
import type { TrainingCase } from "./training-dataset.ts";

/** Path, size and time of each file of a case: while these are the same, so is what it holds. */
export function fileStamps({ images, labels }: Pick<TrainingCase, "images" | "labels">): Promise<readonly unknown[]> {
  return Promise.all([...images, ...(labels === undefined ? [] : labelFilesOf(labels))].map(stampOf));
}

/** Path, size and time of a file, or of everything in a DICOM folder. */
async function stampOf(path: string): Promise<readonly unknown[]> {
  const { size, mtimeMs, isDirectory } = await stat(path).then((found) => ({
    size: found.size,
    mtimeMs: found.mtimeMs,
    isDirectory: found.isDirectory(),
  }));
  if (!isDirectory) return [path, size, mtimeMs];
  const names = (await readdir(path)).sort();
  return [path, ...(await Promise.all(names.map((name) => stampOf(join(path, name)))))];
}
