import { sweepTemporary } from "../../io/atomic-write.ts";
import type { TrainingCase } from "../dataset/training-dataset.ts";
import { evenly } from "../evenly.ts";
import { inOrder } from "../in-order.ts";
import { casesNamed } from "../run-inputs.ts";
import type { BatchCase } from "../sampling/sampler.ts";
import type { RunInputs } from "../set-up-run.ts";
import { openCaseCache } from "./case-cache.ts";
import { openPreparedCase } from "./prepared-case-file.ts";

/** The prepared cases of a run. */
export interface PreparedCases {
  readonly training: readonly BatchCase[];
  /** Where nothing is held out, some of the training cases, evenly drawn. */
  readonly validation: readonly BatchCase[];
}

/**
 * Prepares what is not in the cache yet.
 *
 * Errors: as `CaseCache.prepared`; the signal's reason
 */
export async function preparedCases(
  { dataset, plan, split, config }: RunInputs,
  {
    cache: folder,
    onProgress,
    signal,
  }: {
    readonly cache: string;
    readonly onProgress: (done: number, total: number) => void;
    readonly signal: AbortSignal | undefined;
  },
): Promise<PreparedCases> {
  await sweepTemporary(folder);
  const cache = openCaseCache({ folder, dataset, plan });
  const wanted = casesNamed(dataset, [...split.training, ...split.validation]);
  let done = 0;
  const prepare = async (each: TrainingCase): Promise<BatchCase> => {
    signal?.throwIfAborted();
    const place = await cache.prepared(each, { signal });
    onProgress(++done, wanted.length);
    return { id: each.id, folder: place, classIds: foregroundIn(place, plan.ignoreLabel) };
  };
  const all = await inOrder(wanted, prepare, { atOnce: 2 });
  const held = new Set(split.validation);
  const training = all.filter(({ id }) => !held.has(id));
  const judges = held.size === 0 ? training : all.filter(({ id }) => held.has(id));
  return { training, validation: evenly(judges, config.validationCases) };
}

function foregroundIn(folder: string, ignoreLabel: number | undefined): readonly number[] {
  const prepared = openPreparedCase(folder);
  prepared.close();
  return [...prepared.voxelsByClass.keys()].filter((id) => id !== 0 && id !== ignoreLabel);
}
