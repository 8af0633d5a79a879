import { join } from "node:path";
import { type WrittenFile, writeFileWhole } from "../io/atomic-write.ts";
import { assertReplaceable, writeResultFolder, writtenFileAt } from "../io/result-folder.ts";
import type { Evaluation } from "./evaluation.ts";
import { rulesText } from "./write/rules-text.ts";
import { casesCsv, scoresCsv } from "./write/scores-csv.ts";
import { summaryJson } from "./write/summary-json.ts";
import { summaryMarkdown } from "./write/summary-markdown.ts";

/** How an evaluation is written. */
export interface WriteEvaluationOptions {
  /** What to do with a folder that has files already: refuse (default) or put the new one in its place. */
  readonly existing?: "refuse" | "replace" | undefined;
  /** Time of the clock that `summary.json` carries; now, when left out. */
  readonly createdAt?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Comes with all evaluations. */
const MARKER = "summary.json";

/** Files of an evaluation but the marker. */
const files: readonly { readonly name: string; readonly render: (evaluation: Evaluation) => string }[] = [
  { name: "scores.csv", render: scoresCsv },
  { name: "cases.csv", render: casesCsv },
  { name: "summary.md", render: summaryMarkdown },
  { name: "methods.txt", render: (evaluation) => `${rulesText(evaluation).join("\n\n")}\n` },
];

/**
 * Refuses a folder that an evaluation may not be put into, before anything is measured.
 *
 * Errors: ConfigError C_EXISTS, C_FOREIGN
 */
export function assertEvaluationFits(folder: string, { existing }: WriteEvaluationOptions = {}): Promise<void> {
  return assertReplaceable(folder, { existing, marker: MARKER });
}

/**
 * Writes an evaluation into a folder of its own, which appears whole or not at all.
 *
 * `scores.csv` has a row per score, `cases.csv` a row per case, `summary.md` tables for people, `methods.txt` the rules in
 * sentences, `summary.json` all of it for programs.
 *
 * Errors: ConfigError C_EXISTS, C_FOREIGN; EnvironmentError from the disk
 */
export async function writeEvaluation(
  evaluation: Evaluation,
  folder: string,
  { existing, createdAt = new Date(), signal }: WriteEvaluationOptions = {},
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  await writeResultFolder(
    folder,
    async (unpublished) => {
      for (const { name, render } of files) written.push(await writeText(join(unpublished, name), render(evaluation)));
      const summary = summaryJson(evaluation, { createdAt, files: written });
      written.push(await writeText(join(unpublished, MARKER), summary));
    },
    { existing, marker: MARKER, signal },
  );
  return written;
}

async function writeText(path: string, text: string): Promise<WrittenFile> {
  await writeFileWhole(path, (append) => append(Buffer.from(text, "utf8")));
  return writtenFileAt(path);
}
