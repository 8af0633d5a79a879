import { FormatError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import type { TrainingDataset } from "./dataset/training-dataset.ts";
import { type BadCase, type ExaminedDataset, examineDataset } from "./plan/fingerprint.ts";

/** What becomes of cases that cannot be used, progress and a way to stop. */
export interface UsableCasesOptions {
  /** Leave them out instead of refusing the data set. */
  readonly skipBadCases: boolean;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A data set of cases that can be trained on, and what is known of them. */
export interface UsableCases {
  readonly examined: ExaminedDataset;
  readonly dataset: TrainingDataset;
  readonly warnings: readonly Warning[];
}

/**
 * Reads every training case of a data set and keeps those that can be used.
 *
 * Errors: FormatError T_BAD_CASES when there are others and they are not to be skipped, or fewer than two are left; the
 *         signal's reason
 */
export async function usableCases(
  found: TrainingDataset,
  { skipBadCases, onProgress, signal }: UsableCasesOptions,
): Promise<UsableCases> {
  const examined = await examineDataset(found, { onProgress, signal });
  const { bad } = examined;
  if (bad.length > 0 && !skipBadCases) throw badCasesError(found, bad);
  const refused = new Set(bad.map(({ id }) => id));
  const training = found.training.filter(({ id }) => !refused.has(id));
  if (training.length < 2) throw badCasesError(found, bad);
  const skipped = bad.map(({ id, problem }) => ({
    code: problem.code,
    where: id,
    text: `left out: expected ${problem.expected}, got ${problem.got}`,
  }));
  return { examined, dataset: { ...found, training }, warnings: [...examined.warnings, ...skipped] };
}

/** Problems that one message has room for. */
const MOST_NAMED = 20;

function badCasesError({ path, training }: TrainingDataset, bad: readonly BadCase[]): FormatError {
  const named = bad
    .slice(0, MOST_NAMED)
    .map(
      ({ id, problem }) => `${id} (${problem.code} ${problem.where}: expected ${problem.expected}, got ${problem.got})`,
    );
  const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : "";
  return new FormatError({
    code: "T_BAD_CASES",
    where: path,
    expected: "at least two cases, all of them usable",
    got: `${bad.length} of ${training.length} that are not: ${named.join("; ")}${more}`,
    next: "Repair them, or pass --skip-bad-cases to train without them",
  });
}
