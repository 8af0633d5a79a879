import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { labelFilesOf } from "../dataset/label-files.ts";
import { loadCase } from "../dataset/load-case.ts";
import type { TrainingCase, TrainingDataset } from "../dataset/training-dataset.ts";
import { type PreparationPlan, prepareCase } from "./prepare-case.ts";
import { openPreparedCase, writePreparedCase } from "./prepared-case-file.ts";

/** Prepared cases on disk, each made when first asked for. */
export interface CaseCache {
  /** Folder of a prepared case, for `openPreparedCase`. Errors: as `loadCase`, `prepareCase` and `writePreparedCase` */
  prepared(trainingCase: TrainingCase, options?: { readonly signal?: AbortSignal | undefined }): Promise<string>;
}

/** Raised whenever a prepared case of the same inputs would come out otherwise. */
const CACHE_VERSION = 1;

/**
 * A cache of prepared cases in a folder that runs may share.
 *
 * A case is known by a hash of the names, sizes and times of its files and of the part of the plan that it depends on, so
 * that a changed file or plan makes a new entry. Entries that are damaged are made again.
 */
export function openCaseCache({
  folder,
  dataset,
  plan,
}: {
  readonly folder: string;
  readonly dataset: TrainingDataset;
  readonly plan: PreparationPlan;
}): CaseCache {
  return {
    prepared: async (trainingCase, { signal } = {}) => {
      const place = join(folder, await keyOf(trainingCase, { dataset, plan }));
      if (await isWhole(place)) return place;
      await mkdir(folder, { recursive: true });
      const loaded = await loadCase(dataset, trainingCase, signal === undefined ? {} : { signal });
      const prepared = await prepareCase(loaded, plan, { signal });
      await writePreparedCase(place, prepared).catch(async (error) => {
        // Another process may have been faster.
        if (!(await isWhole(place))) throw error;
      });
      return place;
    },
  };
}

/** Whether an entry can be opened; one that is damaged is removed. */
async function isWhole(place: string): Promise<boolean> {
  try {
    openPreparedCase(place).close();
    return true;
  } catch {
    await rm(place, { recursive: true, force: true });
    return false;
  }
}

async function keyOf(
  { id, images, labels }: TrainingCase,
  { dataset, plan }: { readonly dataset: TrainingDataset; readonly plan: PreparationPlan },
): Promise<string> {
  const labelPaths = labels === undefined ? [] : labelFilesOf(labels);
  const { input, orientation, spacingMm, interpolation } = plan;
  const { classes, regions, ignoreLabel } = dataset;
  const key = {
    version: CACHE_VERSION,
    id,
    files: await Promise.all([...images, ...labelPaths].map(stampOf)),
    labels,
    plan: { input, orientation, spacingMm, interpolation },
    meaning: { classes: classes.map((each) => each.id), regions, ignoreLabel },
  };
  return createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
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
