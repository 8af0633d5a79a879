import { writeJson } from "../train/run-inputs.ts";
import { type CaseFiles, readRecord } from "./cell-folder.ts";

/** How long a case's segmentation took. */
export interface CaseInference {
  readonly case: string;
  readonly seconds: number;
}

/** What a case's labels are worth. */
export interface CaseScores {
  readonly case: string;
  /** Key of the rules that they were scored by. */
  readonly rules: string;
  readonly scores: readonly { readonly label: string; readonly metric: string; readonly value: number }[];
  /** See `confusionOf`; background first, then the data set's classes. */
  readonly confusion: readonly (readonly number[])[];
}

/** How a case was segmented; undefined while it is not. */
export function readInference({ inference }: CaseFiles): Promise<CaseInference | undefined> {
  return readRecord(inference);
}

/** Says that a case's labels are there. */
export function writeInference({ inference }: CaseFiles, record: CaseInference): Promise<void> {
  return writeJson(inference, record);
}

/** A case's scores; undefined where there are none by these rules. */
export async function readCaseScores({ scores }: CaseFiles, rules: string): Promise<CaseScores | undefined> {
  const found = await readRecord<CaseScores>(scores);
  if (found?.rules !== rules) return undefined;
  return { ...found, scores: found.scores.map((each) => ({ ...each, value: Number(each.value) })) };
}

/** Keeps a case's scores. */
export function writeCaseScores({ scores }: CaseFiles, record: CaseScores): Promise<void> {
  // JSON has no word for numbers that are none.
  const spelled = record.scores.map((each) => ({
    ...each,
    value: Number.isFinite(each.value) ? each.value : String(each.value),
  }));
  return writeJson(scores, { ...record, scores: spelled });
}
