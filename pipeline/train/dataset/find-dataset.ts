import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readJsonText } from "../../bundle/json-text.ts";
import { ConfigError } from "../../volume/errors.ts";
import type { DatasetFormat } from "./dataset-format.ts";
import { msd } from "./msd.ts";
import { nnunetRaw } from "./nnunet-raw.ts";
import type { TrainingDataset } from "./training-dataset.ts";

/** Kinds of data sets, in the order in which they are tried. */
export const datasetFormats: readonly DatasetFormat[] = [nnunetRaw, msd];

/**
 * A data set at a path, whatever kind it is; no voxel is read.
 *
 * Errors: ConfigError T_DATASET when there is none; FormatError and ConfigError for what is wrong with its list
 */
export async function findDataset(path: string): Promise<TrainingDataset> {
  const place = resolve(path);
  const list = await listAt(place);
  for (const format of datasetFormats) if (await format.recognises(place, list)) return format.read(place);
  throw new ConfigError({
    code: "T_DATASET",
    where: path,
    expected: `a data set: ${datasetFormats.map(({ name }) => name).join(", ")}`,
    got: (await stat(place).catch(() => undefined)) === undefined ? "nothing at this path" : "none of these",
    next: "See README, Data sets",
  });
}

/** The object in `dataset.json`; what is wrong with a list is said by the format that it looks like. */
async function listAt(folder: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const bytes = await readFile(join(folder, "dataset.json")).catch(() => undefined);
  const text = bytes === undefined ? undefined : readJsonText(bytes);
  const value = text !== undefined && "value" in text ? text.value : undefined;
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
