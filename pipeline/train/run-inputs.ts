import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Static, Type } from "@sinclair/typebox";
import { parseJson } from "../bundle/json-schema.ts";
import { writeFileWhole } from "../io/atomic-write.ts";
import type { TrainingCase, TrainingDataset } from "./dataset/training-dataset.ts";
import { readSettings } from "./read-settings.ts";

const ids = Type.Array(Type.String({ maxLength: 300 }));

const splitSchema = Type.Object(
  {
    training: ids,
    /** Empty where nothing is held out. */
    validation: ids,
  },
  { additionalProperties: false },
);

/** Which cases a run learns from, and which it is judged by. */
export type Split = Static<typeof splitSchema>;

/** Reads a run's split. Errors: ConfigError T_SPLIT */
export async function readSplit(path: string): Promise<Split> {
  return parseJson(await readSettings(path, "the split of a training run"), splitSchema, {
    where: path,
    code: "T_SPLIT",
  }) as Split;
}

/** Writes JSON that people may read; it appears whole or not at all. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileWhole(path, (append) => append(Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)));
}

/** What this program wrote as JSON before, whole or not at all; undefined where it did not. */
export async function readRecord<T>(path: string): Promise<T | undefined> {
  return existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as T) : undefined;
}

/** The cases of a data set by their ids, in the order of the ids. */
export function casesNamed({ training }: TrainingDataset, wanted: readonly string[]): readonly TrainingCase[] {
  const byId = new Map(training.map((each) => [each.id, each]));
  return wanted.flatMap((id) => byId.get(id) ?? []);
}
