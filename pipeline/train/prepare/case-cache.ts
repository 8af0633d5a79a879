import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { environmentErrorOf } from "../../io/environment.ts";
import { FormatError } from "../../volume/errors.ts";
import { fileStamps } from "../dataset/file-stamps.ts";
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
const CACHE_VERSION = 2;

/**
 * A cache of prepared cases in a folder that runs may share.
 *
 * A case is known by a hash of the names, sizes and times of its files and of the part of the plan that it depends on, so
 * that a changed file or plan makes a new entry. Nothing is ever removed, for another process may be reading it: an entry
 * that is damaged stays where it is, and the case is made again under the next name.
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
      const key = await keyOf(trainingCase, { dataset, plan });
      const { place, isMade } = await entryFor(folder, key);
      if (isMade) return place;
      const loaded = await loadCase(dataset, trainingCase, { signal });
      const prepared = await prepareCase(loaded, plan, { signal });
      await writePreparedCase(place, prepared).catch((error) => {
        // Another process may have been faster.
        if (stateOf(place) !== "whole") throw error;
      });
      return place;
    },
  };
}

/** The first whole entry of a key, or the first free place for one. */
async function entryFor(folder: string, key: string): Promise<{ readonly place: string; readonly isMade: boolean }> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw environmentErrorOf(error, { where: folder, expected: "a folder for prepared cases" });
  });
  for (let n = 0; ; n++) {
    const place = join(folder, n === 0 ? key : `${key}-${n}`);
    const state = stateOf(place);
    if (state !== "damaged") return { place, isMade: state === "whole" };
  }
}

function stateOf(place: string): "whole" | "damaged" | "absent" {
  if (!existsSync(place)) return "absent";
  try {
    openPreparedCase(place).close();
    return "whole";
  } catch (error) {
    if (error instanceof FormatError) return "damaged";
    throw error;
  }
}

async function keyOf(
  trainingCase: TrainingCase,
  { dataset, plan }: { readonly dataset: TrainingDataset; readonly plan: PreparationPlan },
): Promise<string> {
  const { input, orientation, spacingMm, interpolation } = plan;
  const { classes, regions, ignoreLabel } = dataset;
  const key = {
    version: CACHE_VERSION,
    id: trainingCase.id,
    files: await fileStamps(trainingCase),
    labels: trainingCase.labels,
    plan: { input, orientation, spacingMm, interpolation },
    // By name and colour label files of several kinds say what they mean.
    meaning: { classes: classes.map(({ id, name, colorRgb }) => ({ id, name, colorRgb })), regions, ignoreLabel },
  };
  return createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
}
